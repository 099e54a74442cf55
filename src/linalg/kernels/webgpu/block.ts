import { threads } from '../../../core/webgpu';

/** Rows and columns of the blocks in which matrices are factored; for pairs also how many right-hand sides a workgroup solves for. */
export const size = 32;
export const area = size * size;
/** Entries of a block for each invocation, and how many rows lie between them. */
export const each = area / threads;
export const rowsApart = threads / size;
