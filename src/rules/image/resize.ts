import { getBackend, zeros, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import type { Attrs, Aval, Named, ShapeCall } from '../../core/rule';
import { foldedBatch } from '../families/batching';
import { linear } from '../families/linear';
import { like } from '../families/outputs';
import { transposedResize } from './interpolation';

/*
 * Resizing is linear in the images. Its transpose is tfjs's own gradient kernel, which here also knows half pixel centers, and which is
 * replaced where it goes wrong (tfjs 4.22): cpu's names the axes of images that aren't square in the wrong order, and reads the wrong
 * images of a batch when resizing to the nearest neighbor; webgpu's does both, and reads beyond the images; wasm's leaves out images of one column
 * or row whose corners are aligned.
 */
resizing('ResizeBilinear', 'bilinear', (backend, [, h, w]) => backend === 'cpu' && h !== w);
resizing(
  'ResizeNearestNeighbor',
  'nearest',
  (backend, [n, h, w], isAligned) =>
    (backend === 'cpu' && n! > 1) || (backend === 'wasm' && isAligned && (h === 1 || w === 1)),
);

function resizing(
  kernel: string,
  method: 'bilinear' | 'nearest',
  isWrong: (backend: string, shape: readonly number[], alignCorners: boolean) => boolean,
): void {
  const transpose = `${kernel}Grad`;

  linear(kernel, 'images', {
    transpose: (ct, { avals, attrs: { alignCorners, halfPixelCenters } }) =>
      // The kernel asks for the images for the sake of their shape.
      runKernel(
        transpose,
        { dy: ct, images: zeros(avals.images!.shape as number[]) },
        { alignCorners, halfPixelCenters },
      ),
    batch: foldedBatch,
    shape: ({ inputs, attrs }: ShapeCall): Aval => {
      const { shape, dtype } = inputs.images!;
      const keepsType = method === 'nearest' && getBackend() !== 'wasm';
      return { shape: [shape[0]!, ...attrs.size, shape[3]!], dtype: keepsType ? dtype : 'float32' };
    },
  });

  linear(transpose, 'dy', {
    transpose: (ct, { avals, attrs: { alignCorners, halfPixelCenters } }) =>
      runKernel(
        kernel,
        { images: ct as Tensor4D },
        { alignCorners, halfPixelCenters, size: avals.dy!.shape.slice(1, 3) },
      ),
    batch: foldedBatch,
    shape: like('images', 'float32'),
    broken: (backend: string, { images }: Named<Tensor>, attrs: Attrs) =>
      attrs.halfPixelCenters ||
      backend === 'webgpu' ||
      isWrong(backend, images!.shape, attrs.alignCorners as boolean),
    polyfill: ({ dy, images }: Named<Tensor>, attrs: Attrs) =>
      transposedResize(dy!, images!.shape, attrs, method),
  });
}
