/** Kernels that change nothing but the shape. */
export const VIEWS: ReadonlySet<string> = new Set(['Reshape', 'ExpandDims', 'Identity']);
