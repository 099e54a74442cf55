import { MultiBar, Presets } from 'cli-progress';
import type { Listener } from './run';
import type { EpochMetrics } from './metrics';

/** Without a terminal, a line is printed each time this many seconds have passed. */
const LINE_SECONDS = 10;

export interface Progress extends Listener {
  /** Before each run. */
  start(name: string): void;
  /** Prints a line without disturbing the bar. */
  say(line: string): void;
  end(): void;
}

/** A bar on a terminal, plain lines now and then elsewhere. */
export function progress(steps: number, stream: NodeJS.WriteStream = process.stdout): Progress {
  const show = stream.isTTY ? bar(steps, stream) : lines(steps, stream);
  let name = '';
  let pace = paceFrom(0, steps);
  return {
    start: (run) => {
      name = run;
      pace = paceFrom(0, steps);
      show.start();
    },
    resumed: (step) => {
      pace = paceFrom(step, steps);
      show.say(`${name}: goes on after step ${step} of ${steps}`);
    },
    step: (step, epoch, loss) => show.step(step, { name, epoch, loss: loss.toFixed(3), left: pace(step) }),
    evaluating: () => {},
    epoch: (metrics) => show.say(`${name}: ${epochLine(metrics)}`),
    say: show.say,
    end: show.end,
  };
}

interface Facts {
  readonly name: string;
  readonly epoch: number;
  readonly loss: string;
  readonly left: string;
}

function bar(steps: number, stream: NodeJS.WriteStream) {
  const format = '{bar} {percentage}% | {name} | epoch {epoch} | loss {loss} | {left}';
  const multi = new MultiBar(
    { format, barsize: 16, stream, hideCursor: true, gracefulExit: false },
    Presets.shades_classic,
  );
  const one = multi.create(steps, 0, { name: '', epoch: 1, loss: '-', left: '-' });
  return {
    start: () => one.update(0),
    step: (step: number, facts: Facts) => one.update(step, facts),
    say: (line: string) => {
      multi.log(`${line}\n`);
      multi.update();
    },
    end: () => multi.stop(),
  };
}

function lines(steps: number, stream: NodeJS.WriteStream) {
  let last = performance.now();
  const say = (line: string) => void stream.write(`${line}\n`);
  return {
    start: () => {},
    step: (step: number, { name, epoch, loss, left }: Facts) => {
      if (performance.now() - last < LINE_SECONDS * 1000) return;
      last = performance.now();
      say(
        `${`${Math.floor((100 * step) / steps)}%`.padStart(4)} | ${name} | epoch ${epoch} | loss ${loss} | ${left}`,
      );
    },
    say,
    end: () => {},
  };
}

function epochLine({ epoch, trainingLoss, testAccuracy }: EpochMetrics): string {
  return `epoch ${epoch}: training loss ${trainingLoss.toFixed(4)}, ${(100 * testAccuracy).toFixed(2)} % of the test pictures right`;
}

/** The time that the rest of the steps will take at the average rate so far. */
function paceFrom(first: number, steps: number): (step: number) => string {
  const start = performance.now();
  return (step) => {
    const seconds = Math.ceil(
      ((steps - step) * (performance.now() - start)) / (1000 * Math.max(1, step - first)),
    );
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} left`;
  };
}
