import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import type { EpochResult } from './contestant';
import type { Listener } from './train';
import { epochs as epochsText, percent } from './format';

/** Without a terminal, a line is printed each time this many seconds have passed. */
const LINE_SECONDS = 5;

export interface Progress extends Listener {
  /** Prints a line without disturbing the bar. */
  say(line: string): void;
  end(): void;
}

/** A bar on a terminal, plain lines now and then elsewhere: loss of both networks, images a second, time left. */
export function progress(
  epochs: number,
  images: number,
  stream: NodeJS.WriteStream = process.stdout,
): Progress {
  return stream.isTTY ? bar(epochs, images, stream) : lines(epochs, images, stream);
}

function bar(epochs: number, images: number, stream: NodeJS.WriteStream): Progress {
  const format =
    '{bar} {percentage}% | epoch {epoch} | loss {ordinary}, TrAct {tract} | {rate} img/s | {left}';
  const multi = new MultiBar(
    { format, barsize: 16, stream, hideCursor: true, gracefulExit: false },
    Presets.shades_classic,
  );
  const pace = paceOf(epochs * images);
  const waiting = { epoch: `1/${epochs}`, ordinary: '-', tract: '-', rate: '-', left: '-' };
  const one: SingleBar = multi.create(epochs * images, 0, waiting);
  const say = (line: string) => {
    multi.log(`${line}\n`);
    multi.update();
  };
  return {
    step: ({ images: seen, epoch, ordinary, tract }) =>
      one.update(seen, {
        epoch: `${epoch}/${epochs}`,
        ordinary: ordinary.toFixed(3),
        tract: tract.toFixed(3),
        ...pace(seen),
      }),
    evaluating: () => {
      one.update({ left: 'evaluating' });
      multi.update();
    },
    epoch: (ordinary, tract) => say(epochLine(ordinary, tract)),
    say,
    end: () => multi.stop(),
  };
}

function lines(epochs: number, images: number, stream: NodeJS.WriteStream): Progress {
  const say = (line: string) => void stream.write(`${line}\n`);
  const pace = paceOf(epochs * images);
  let last = performance.now();
  return {
    step: ({ images: seen, epoch, ordinary, tract }) => {
      if (performance.now() - last < LINE_SECONDS * 1000) return;
      last = performance.now();
      const { rate, left } = pace(seen);
      const done = `${Math.floor((100 * seen) / (epochs * images))}%`.padStart(4);
      say(
        `${done} | epoch ${epoch}/${epochs} | loss ${ordinary.toFixed(3)}, TrAct ${tract.toFixed(3)} | ${rate} img/s | ${left}`,
      );
    },
    evaluating: () => {},
    epoch: (ordinary, tract) => say(epochLine(ordinary, tract)),
    say,
    end: () => {},
  };
}

function epochLine({ epoch, accuracy }: EpochResult, tract: EpochResult): string {
  return `epoch ${epochsText(epoch)}: ${percent(accuracy)} of the test images right, with TrAct ${percent(tract.accuracy)}`;
}

/** Images that both networks have seen in a second, on average so far, and the time that the rest will take at that rate. */
function paceOf(total: number): (seen: number) => { rate: string; left: string } {
  const start = performance.now();
  return (seen) => {
    const perSecond = (1000 * seen) / (performance.now() - start);
    const seconds = Math.ceil((total - seen) / perSecond);
    const left = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} left`;
    return { rate: perSecond.toFixed(0), left };
  };
}
