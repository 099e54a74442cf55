import { PNG } from 'pngjs';
import type { Filters } from './learner';

/** Each filter as a grey PNG in a data URI, one pixel a weight: mid-grey is 0, black and white are its largest weight, negative and positive. */
export function pictures({ count, height, width, weights }: Filters): string[] {
  const size = height * width;
  return Array.from({ length: count }, (_, i) =>
    picture(weights.slice(i * size, (i + 1) * size), height, width),
  );
}

function picture(weights: readonly number[], height: number, width: number): string {
  const largest = Math.max(...weights.map(Math.abs)) || 1;
  const png = new PNG({ width, height });
  weights.forEach((weight, i) => {
    const grey = Math.round(127.5 * (1 + weight / largest));
    png.data.set([grey, grey, grey, 255], 4 * i);
  });
  return `data:image/png;base64,${PNG.sync.write(png).toString('base64')}`;
}
