import { milliseconds, percent } from './format';
import { median, signTest } from '../shared/statistics';
import type { Run } from './contestant';
import type { Comparison } from './train';

/** What the numbers of one comparison say, and no more. */
export interface Verdict {
  readonly accuracy: string;
  readonly time: string;
}

/** Below this probability of chance a difference is called one. */
const SIGNIFICANCE = 0.05;

export function verdict({ ordinary, tract, testImages }: Comparison): Verdict {
  const onlyOrdinary = ordinary.right.filter((right, i) => right && !tract.right[i]).length;
  const onlyTract = tract.right.filter((right, i) => right && !ordinary.right[i]).length;
  const chance = signTest(onlyOrdinary, onlyTract);
  const judgement =
    chance >= SIGNIFICANCE
      ? 'chance alone would often give as much, so this run shows no difference'
      : `more than chance on these images, so ${onlyTract > onlyOrdinary ? 'TrAct' : 'the ordinary gradient'} is ahead in this run; ` +
        'only other seeds can tell whether that holds';
  return {
    accuracy:
      `In the end the ordinary gradient gets ${percent(share(ordinary))} of the ${testImages} test images right, TrAct ${percent(share(tract))}. ` +
      `${onlyOrdinary} are right only without TrAct, ${onlyTract} only with it: ${judgement} (sign test, p = ${chance.toPrecision(2)}).`,
    time:
      `A step takes ${milliseconds(median(ordinary.times))} with the ordinary gradient and ${milliseconds(median(tract.times))} ` +
      `with TrAct (medians): an overhead of ${overhead(ordinary, tract)}.`,
  };
}

/** How much longer a step of TrAct's takes, in percent; negative where it is shorter. */
export function overhead(ordinary: Run, tract: Run): string {
  return `${Number((100 * (median(tract.times) / median(ordinary.times) - 1)).toFixed(1))} %`;
}

const share = ({ right }: Run) => right.filter(Boolean).length / right.length;
