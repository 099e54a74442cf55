import * as tf from '@tensorflow/tfjs-core';
import type { Arg, RuleCase } from '../case';

const images: Arg = { shape: [2, 3, 4, 2] };

type Way = [name: string, size: [number, number], alignCorners: boolean, halfPixelCenters: boolean];
const ways: Way[] = [
  ['larger', [5, 7], false, false],
  ['smaller', [2, 3], false, false],
  ['larger, corners aligned', [5, 6], true, false],
  ['smaller, corners aligned', [2, 2], true, false],
  ['to a row, corners aligned', [1, 5], true, false],
  ['larger, half pixels', [5, 7], false, true],
  ['one axis smaller, half pixels', [2, 6], false, true],
];

const resizing: RuleCase[] = ways.flatMap(([name, size, alignCorners, halfPixelCenters]): RuleCase[] =>
  (['resizeBilinear', 'resizeNearestNeighbor'] as const).flatMap((op) => {
    const kernel = `R${op.slice(1)}`;
    return [
      {
        kernel,
        name,
        args: [images],
        f: (x) => tf.image[op](x, size, alignCorners, halfPixelCenters),
      },
      {
        kernel: `${kernel}Grad`,
        name,
        args: [{ shape: [2, ...size, 2] }, { ...images, dtype: 'int32' }],
        f: (dy, x) =>
          tf
            .engine()
            .runKernel(
              `${kernel}Grad`,
              { dy, images: tf.cast(x, 'float32') },
              { alignCorners, halfPixelCenters },
            ),
      },
    ];
  }),
);

resizing.push({
  kernel: 'ResizeNearestNeighbor',
  name: 'of one column, corners aligned',
  args: [{ shape: [2, 4, 1, 2] }],
  f: (x) => tf.image.resizeNearestNeighbor(x, [2, 6], true),
});

// Two boxes within the image, clear of the pixels where the interpolation has kinks, one of them upside down.
const boxes: Arg = { shape: [2, 4], values: [0.12, 0.07, 0.83, 0.71, 0.9, 0.31, 0.17, 0.57] };
const boxInd: Arg = { shape: [2], values: [1, 0], dtype: 'int32' };

const crops: RuleCase[] = [
  {
    kernel: 'CropAndResize',
    name: 'images and boxes',
    args: [{ shape: [2, 6, 5, 2] }, boxes, boxInd],
    f: (x, b, i) => tf.image.cropAndResize(x, b, i, [2, 3]),
    noSecondOrder:
      'the bilinear interpolation has kinks at all pixels; the next case checks the images alone',
  },
  {
    kernel: 'CropAndResize',
    name: 'images alone',
    args: [{ shape: [2, 6, 5, 2] }],
    f: (x) =>
      tf.square(
        tf.image.cropAndResize(
          x,
          [
            [0, 0, 1, 1],
            [0.2, 0.1, 0.7, 0.9],
          ],
          [0, 1],
          [3, 4],
        ),
      ),
  },
  {
    kernel: 'CropAndResize',
    name: 'to one point, over the border, and nearest',
    args: [{ shape: [2, 4, 5, 1] }],
    f: (x) => [
      tf.image.cropAndResize(x, [[0.1, 0.3, 0.9, 0.5]], [1], [1, 1]),
      tf.image.cropAndResize(x, [[-0.4, 0.3, 0.9, 1.4]], [1], [4, 3], 'bilinear', 0.5),
      tf.image.cropAndResize(x, [[-0.4, 0.3, 0.9, 1.4]], [0], [4, 3], 'nearest', -1),
    ],
  },
];

const affine = [0.9, 0.2, 0.33, -0.15, 1.1, 0.21, 0.01, -0.02];
const far = [1.7, 0.4, -2.23, -0.6, 1.9, -3.17, 0, 0];

const transforms: RuleCase[] = [
  ...(['constant', 'reflect', 'wrap', 'nearest'] as const).flatMap((fillMode) =>
    (['nearest', 'bilinear'] as const).map((interpolation): RuleCase => ({
      kernel: 'Transform',
      name: `${interpolation}, ${fillMode}`,
      args: [{ shape: [2, 4, 5, 2] }],
      f: (x) => tf.image.transform(x, [affine, far], interpolation, fillMode, 0.5),
    })),
  ),
  {
    kernel: 'Transform',
    name: 'images and one transform for all, to another size',
    args: [
      { shape: [2, 5, 6, 1] },
      { shape: [1, 8], values: [0.8, 0.1, 0.43, -0.1, 0.83, 0.67, 0.01, 0.012] },
    ],
    f: (x, t) => tf.image.transform(x, t, 'bilinear', 'nearest', 0, [3, 4]),
    noSecondOrder: 'the bilinear interpolation has kinks at all pixels',
  },
];

const others: RuleCase[] = [
  { kernel: 'FlipLeftRight', name: 'of images', args: [images], f: (x) => tf.image.flipLeftRight(x) },
  ...[0.4, 2.5].map((angle): RuleCase => ({
    kernel: 'RotateWithOffset',
    name: `by ${angle}`,
    args: [{ shape: [2, 4, 5, 3] }],
    f: (x) => tf.image.rotateWithOffset(x, angle, [1, 2, 3], [0.4, 0.6]),
    missing: { tensorflow: 'tfjs-node has no such kernel (tfjs issue 4606)' },
  })),
  {
    kernel: 'RotateWithOffset',
    name: 'four channels',
    args: [{ shape: [1, 4, 3, 4] }],
    f: (x) => tf.image.rotateWithOffset(x, 1.1, 0),
    missing: { tensorflow: 'tfjs-node has no such kernel (tfjs issue 4606)' },
  },
];

export default [...resizing, ...crops, ...transforms, ...others];
