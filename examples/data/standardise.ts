import type { ImageSet } from './imageSet';

/** What each channel's values 0 to 255 become: (value - mean) / deviation. */
export interface Scaling {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** Mean and standard deviation of each channel over all pictures: with them a training set has mean 0 and deviation 1. */
export function scalingOf({ pixels, channels }: ImageSet): Scaling {
  const sum = new Float64Array(channels);
  const squares = new Float64Array(channels);
  for (let i = 0; i < pixels.length; i += channels) {
    for (let channel = 0; channel < channels; channel++) {
      const value = pixels[i + channel]!;
      sum[channel]! += value;
      squares[channel]! += value * value;
    }
  }
  const n = pixels.length / channels;
  const mean = Array.from(sum, (s) => s / n);
  // A channel that is the same everywhere stays 0.
  const deviation = mean.map((m, channel) => Math.sqrt(Math.max(0, squares[channel]! / n - m * m)) || 1);
  return { mean, deviation };
}
