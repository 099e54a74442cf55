import type { Uniform } from '../shared/chance';

/** How training pictures are varied. */
export interface Augmentation {
  /** Mirrors every second picture, on average. */
  readonly flip?: boolean;
  /** Pads pictures by this many pixels of the mean colour on each side and cuts a piece of the old size out at random; 0 by default. */
  readonly pad?: number;
}

/** Where a picture's pixels come from: pixel (i, j) is the original's (i + down, mirrored j + right). */
export interface Placement {
  readonly flip: boolean;
  readonly down: number;
  readonly right: number;
}

export const UPRIGHT: Placement = { flip: false, down: 0, right: 0 };

/** Draws one picture's placement. */
export function place({ flip = false, pad = 0 }: Augmentation, uniform: Uniform): Placement {
  const shift = (): number => Math.floor(uniform() * (2 * pad + 1)) - pad;
  return { flip: flip && uniform() < 0.5, down: pad ? shift() : 0, right: pad ? shift() : 0 };
}
