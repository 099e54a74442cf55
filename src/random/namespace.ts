import type { Key as Words } from './keys';

// As in src/tree/namespace.ts.
/** A key: two words of 32 bits, int32 of shape `[2]`. */
export type Key = Words;
