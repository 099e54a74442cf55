import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { grad } from '../../src';
import { broadcastLike } from '../../src/rules/families/broadcast';

/*
 * What docs/backends.md says of tfjs's kernels, row by row: calls that they alone get wrong. Where one is right, what stands for it here can go.
 */

interface Call {
  readonly name: string;
  /** The backends where it is wrong, of those that the row names; by default all of these. */
  readonly on?: readonly string[];
  readonly call: () => tf.Tensor | tf.Tensor[];
  /** The way through this package, where it isn't the same call inside of a transformation. */
  readonly ours?: () => tf.Tensor;
  /** The values of all results, and the shape and type of the first; or what the error says. */
  readonly is: readonly number[] | RegExp;
  readonly shape?: readonly number[];
  readonly dtype?: tf.DataType;
}

/** What is not shown, and why. */
interface Untold {
  readonly name: string;
  readonly reason: string;
}

export type Workaround = Call | Untold;

type Kernel = Record<string, tf.Tensor>;
const run = (kernel: string, inputs: Kernel, attrs: object): tf.Tensor | tf.Tensor[] =>
  tf.engine().runKernel(kernel, inputs, attrs as tf.NamedAttrMap);

/** 1, 2, 3 ... */
const count = <R extends tf.Rank>(
  shape: tf.ShapeMap[R],
  dtype: 'float32' | 'int32' = 'float32',
): tf.Tensor<R> => tf.reshape(tf.range(1, tf.util.sizeFromShape(shape) + 1, 1, dtype), shape);
const ones = <R extends tf.Rank>(shape: tf.ShapeMap[R]): tf.Tensor<R> => tf.ones(shape);
const integers = (values: number[], shape = [values.length]): tf.Tensor => tf.tensor(values, shape, 'int32');
const truths = (values: number[], shape = [values.length]): tf.Tensor => tf.tensor(values, shape, 'bool');

const writesPast = 'it writes past its result, into what other tests hold';
const battery = 'test/rules/battery.test.ts has calls that fail without what stands for it';
const someShapes = 'it is wrong at some shapes only';
const slow = 'it is slow, not wrong: bench/kernels.ts and bench/all.ts measure';
const square = (): tf.Tensor4D => count<tf.Rank.R4>([1, 2, 2, 1]);
/** Two crops of two images, each of one number. */
const crops = (): tf.Tensor =>
  tf.image.cropAndResize(
    count<tf.Rank.R4>([2, 2, 2, 1]),
    tf.tensor2d([0, 0, 0, 0, 1, 1, 1, 1], [2, 4]),
    tf.tensor1d([1, 0], 'int32'),
    [1, 1],
  );
/** Two images, moved by one to the left. */
const moved = (fillMode: 'constant' | 'reflect', images: number): tf.Tensor =>
  tf.image.transform(
    count<tf.Rank.R4>([images, 1, 3, 1]),
    tf.tensor2d([1, 0, fillMode === 'reflect' ? -2 : 1, 0, 1, 0, 0, 0], [1, 8]),
    'nearest',
    fillMode,
  );
const resizeGrad = (kernel: string, dy: number[], images: number[]): (() => tf.Tensor | tf.Tensor[]) => {
  return () => run(kernel, { dy: count(dy as [number]), images: tf.zeros(images) }, { alignCorners: false });
};
const boxes = (): [tf.Tensor2D, tf.Tensor1D] => [
  tf.tensor2d([0, 0, 1, 1, 0, 0, 1, 0.9, 2, 2, 3, 3], [3, 4]),
  tf.tensor1d([0.5, 0.9, 0.7]),
];
/** Of these two parts of a complex number. */
const transformed = (): tf.Tensor[] => {
  const y = tf.fft(tf.complex(tf.tensor1d([1, 2, 3, 4]), tf.zeros([4])));
  return [tf.real(y), tf.imag(y)];
};
/** One number through a filter of one, at strides. */
const gradient3d = (kernel: string, inputs: Kernel, shape: object): tf.Tensor | tf.Tensor[] =>
  run(kernel, { ...inputs, dy: tf.fill(single, 2) }, { strides: [1, 2, 2], pad: 'valid', ...shape });
const single = [1, 1, 1, 1, 1];
const maxGrad = (kernel: 'MaxPoolGrad' | 'MaxPool3DGrad'): (() => tf.Tensor | tf.Tensor[]) => {
  const d = kernel === 'MaxPoolGrad' ? 2 : 3;
  const spatial = (n: number): number[] => [1, ...new Array<number>(d - 1).fill(1), n, 1];
  const input = (): tf.Tensor => tf.tensor([-2, -1], spatial(2));
  const filterSize = spatial(2).slice(1, -1);
  const attrs = { filterSize, strides: 1, pad: 'valid' };
  return () =>
    run(kernel, { dy: ones(spatial(1) as [number]), input: input(), output: tf.fill(spatial(1), -1) }, attrs);
};

/** By backend and calls, as in the first two columns. */
export const workarounds: Record<string, readonly Workaround[]> = {
  'tensorflow | convolutions and poolings with padding in numbers, their gradients': [
    {
      name: 'conv2d',
      call: () => tf.conv2d(square(), ones([2, 2, 1, 1]), 1, 1),
      is: [1, 3, 2, 4, 10, 6, 3, 7, 4],
    },
    { name: 'maxPool', call: () => tf.maxPool(square(), 2, 1, 1), is: [1, 2, 2, 3, 4, 4, 3, 4, 4] },
  ],
  'tensorflow | Conv2D and its fused form, DepthToSpace, channels first': [
    {
      name: 'conv2d at strides',
      call: () => tf.conv2d(count<tf.Rank.R4>([1, 1, 3, 3]), ones([1, 1, 1, 1]), 2, 'valid', 'NCHW'),
      is: [1, 3, 7, 9],
    },
    {
      name: 'fused.conv2d',
      call: () =>
        tf.fused.conv2d({
          x: count<tf.Rank.R4>([1, 1, 2, 2]),
          filter: ones([1, 1, 1, 2]),
          strides: 1,
          pad: 'valid',
          dataFormat: 'NCHW',
          bias: tf.tensor1d([10, 20]),
        }),
      is: [11, 12, 13, 14, 21, 22, 23, 24],
    },
    {
      name: 'depthToSpace',
      call: () => tf.depthToSpace(count<tf.Rank.R4>([1, 4, 1, 2]), 2, 'NCHW'),
      is: [1, 3, 2, 4, 5, 7, 6, 8],
    },
  ],
  'tensorflow | UnsortedSegmentSum with ids that belong to no segment': [
    {
      name: 'unsortedSegmentSum',
      call: () => tf.unsortedSegmentSum(tf.tensor1d([1, 2, 3]), integers([0, 5, 0]) as tf.Tensor1D, 2),
      is: [4, 0],
    },
  ],
  'tensorflow | SparseToDense with places out of order, or twice': [
    {
      name: 'sparseToDense out of order',
      call: () => tf.sparseToDense(integers([2, 0]), tf.tensor1d([1, 2]), [3], 0),
      is: [2, 0, 1],
    },
  ],
  'tensorflow | GatherV2 with an axis counted from the end': [
    {
      name: 'gather',
      call: () =>
        run('GatherV2', { x: count([1, 3]), indices: integers([2, 0]) }, { axis: -1, batchDims: 0 }),
      is: [3, 1],
    },
  ],
  'tensorflow | ScatterNd into nothing, Select of nothing beside one value': [
    {
      name: 'scatterND',
      call: () => tf.scatterND(tf.zeros([1, 1], 'int32'), tf.zeros([1, 0]), [2, 0]),
      is: [],
    },
    { name: 'where', call: () => tf.where(tf.zeros([0], 'bool'), tf.zeros([0]), 1), is: [] },
  ],
  'tensorflow | MirrorPad above rank 5': [
    {
      name: 'mirrorPad',
      call: () =>
        tf.mirrorPad(
          count([1, 1, 1, 1, 1, 2]),
          [...new Array<[number, number]>(5).fill([0, 0]), [1, 0]],
          'symmetric',
        ),
      is: [1, 1, 2],
    },
  ],
  'tensorflow | DenseBincount, SearchSorted, LogicalXor, MaxPoolWithArgmax': [
    {
      name: 'denseBincount',
      call: () => tf.denseBincount(integers([1, 1, 0]) as tf.Tensor1D, tf.tensor1d([]), 3),
      is: [1, 2, 0],
    },
    {
      name: 'searchSorted',
      call: () => tf.searchSorted(tf.tensor1d([1, 3, 5]), tf.tensor1d([4, 0])),
      is: [2, 0],
    },
    {
      name: 'logicalXor',
      call: () => run('LogicalXor', { a: truths([1, 1]), b: truths([1, 0]) }, {}),
      is: [0, 1],
    },
    {
      name: 'maxPoolWithArgmax',
      call: () => Object.values(tf.maxPoolWithArgmax(square(), 2, 1, 'valid')),
      is: [4, 3],
    },
  ],
  'tensorflow | RotateWithOffset, BitwiseAnd, ragged, sparse and string kernels': [
    {
      name: 'rotateWithOffset',
      call: () => tf.image.rotateWithOffset(square(), 1),
      is: /RotateWithOffset/,
    },
    { name: 'bitwiseAnd', call: () => tf.bitwiseAnd(integers([1]), integers([1])), is: /BitwiseAnd/ },
  ],
  'tensorflow | every kernel under `jit`': [
    { name: 'any', reason: 'their values are right: test/jit counts tensors' },
  ],
  'tensorflow | every kernel, on a tensor that was reshaped on another backend': [
    {
      name: 'sum',
      call: () => {
        const here = tf.getBackend();
        // Backends that run already change at once.
        void tf.setBackend('cpu');
        const x = count([2, 3]);
        void tf.setBackend(here);
        return tf.sum(x, 0);
      },
      is: [5, 7, 9],
    },
  ],
  'wasm | GatherV2 with batches': [
    {
      name: 'gather',
      call: () => tf.gather(count([3, 2]), integers([1, 0, 1], [3, 1]) as tf.Tensor1D, 1, 1),
      is: [2, 3, 6],
    },
  ],
  'wasm | gradients of Conv3D': [
    {
      name: 'of the input',
      call: () => gradient3d('Conv3DBackpropInputV2', { filter: tf.fill(single, 3) }, { inputShape: single }),
      is: [6],
    },
    {
      name: 'of the filter',
      call: () => gradient3d('Conv3DBackpropFilterV2', { x: tf.fill(single, 3) }, { filterShape: single }),
      is: [6],
    },
  ],
  'wasm | gradients of Conv2D and of depthwise convolutions, Einsum, UnsortedSegmentSum': [
    {
      name: 'Conv2DBackpropFilter',
      call: () =>
        run(
          'Conv2DBackpropFilter',
          { x: square(), dy: ones([1, 1, 1, 1]) },
          { strides: 1, pad: 'valid', dataFormat: 'NHWC', filterShape: [2, 2, 1, 1] },
        ),
      is: [1, 2, 3, 4],
    },
    {
      name: 'DepthwiseConv2dNativeBackpropFilter',
      call: () =>
        run(
          'DepthwiseConv2dNativeBackpropFilter',
          { x: square(), dy: ones([1, 1, 1, 1]) },
          { strides: 1, dilations: 1, pad: 'valid', filterShape: [2, 2, 1, 1] },
        ),
      is: [1, 2, 3, 4],
    },
    { name: 'einsum', call: () => tf.einsum('ij->i', count([2, 2])), is: [3, 7] },
    {
      name: 'unsortedSegmentSum',
      call: () => tf.unsortedSegmentSum(tf.tensor1d([1, 2, 3]), integers([0, 1, 0]) as tf.Tensor1D, 2),
      is: [4, 2],
    },
  ],
  'wasm | fused ops with a bias': [
    {
      name: 'fused.matMul',
      call: () =>
        tf.fused.matMul({
          a: count([1, 2]),
          b: tf.eye(2),
          bias: tf.reshape(tf.tensor2d([1, 2], [2, 1]), [2]),
        }),
      is: [2, 4],
    },
  ],
  'wasm | MaxPool3D, MaxPoolWithArgmax, Dilation2D, their gradients, and that of MaxPool': [
    {
      name: 'maxPool3d',
      call: () => tf.maxPool3d(tf.tensor5d([-2, -1], [1, 1, 1, 2, 1]), [1, 1, 2], 1, 'valid'),
      is: [-1],
    },
    {
      name: 'maxPoolWithArgmax',
      call: () =>
        Object.values(tf.maxPoolWithArgmax(tf.tensor4d([-2, -1], [1, 1, 2, 1]), [1, 2], 1, 'valid')),
      is: [-1, 1],
    },
    {
      name: 'dilation2d',
      call: () => tf.dilation2d(tf.tensor4d([-2, -1], [1, 1, 2, 1]), tf.zeros([1, 2, 1]), 1, 'valid'),
      is: [-1],
    },
    { name: 'MaxPoolGrad', call: maxGrad('MaxPoolGrad'), is: [0, 1] },
    { name: 'MaxPool3DGrad', call: maxGrad('MaxPool3DGrad'), is: [0, 1] },
  ],
  'wasm | Reverse and StridedSlice of truth values, StridedSlice and ClipByValue of integers': [
    { name: 'reverse', reason: writesPast },
    {
      name: 'stridedSlice of integers',
      call: () => tf.stridedSlice(count([4], 'int32'), [0], [4], [2]),
      is: [1, 3],
      dtype: 'int32',
    },
    { name: 'clipByValue', call: () => tf.clipByValue(integers([1, 5, 9]), 2, 6), is: [2, 5, 6] },
  ],
  'wasm | OneHot of other types than int32': [
    {
      name: 'oneHot of floats',
      call: () => tf.oneHot(integers([1]), 2, 1, 0, 'float32'),
      is: [0, 1],
    },
    { name: 'oneHot of truth values', reason: writesPast },
  ],
  'wasm | PadV2 above rank 6': [
    {
      name: 'pad',
      reason: 'what its memory held may be right by chance; test/rules/edges.test.ts has a call',
    },
  ],
  'wasm | Transpose of nothing': [
    { name: 'at a high rank', call: () => tf.transpose(tf.zeros([0, 2, 2, 2, 2]), [0, 4, 3, 2, 1]), is: [] },
  ],
  'wasm | matMul with a transposed operand, Slice, SplitV, Unpack, Tile, SpaceToBatchND, DepthToSpace, StridedSlice':
    [{ name: 'all', reason: slow }],
  'wasm | complex numbers, FFT, ragged kernels': [{ name: 'fft', call: transformed, is: /Complex|FFT/ }],
  'wasm | Cast to truth values': [
    { name: 'of floats', call: () => tf.cast(tf.tensor1d([0.5, 0, 256]), 'bool'), is: [1, 0, 1] },
    { name: 'of integers', call: () => tf.cast(integers([2, 0, 256]), 'bool'), is: [1, 0, 1] },
  ],
  'wasm | Select, Cumsum and Cumprod of truth values': [
    { name: 'where', reason: writesPast },
    { name: 'cumsum', call: () => tf.cumsum(truths([1, 1, 0])), is: [1, 2, 2] },
    { name: 'cumprod', call: () => tf.cumprod(truths([1, 1, 0])), is: [1, 1, 0] },
  ],
  'wasm | Select of nothing beside one value': [{ name: 'where', reason: writesPast }],
  'wasm | Prelu with slopes that are not along the last axes': [
    {
      name: 'prelu',
      call: () => tf.prelu(tf.neg(count([2, 2])), tf.tensor2d([10, 100], [2, 1])),
      is: [-10, -20, -300, -400],
    },
  ],
  'wasm | Prelu of integers': [
    { name: 'prelu', call: () => tf.prelu(integers([-2, 3]), integers([2])), is: [-4, 3], dtype: 'float32' },
  ],
  'wasm | Sign of floats below 1e-7': [
    { name: 'sign', call: () => tf.sign(tf.tensor1d([1e-8, -1e-30, 0])), is: [1, -1, 0] },
  ],
  'wasm, tensorflow | TopK of truth values': [
    {
      name: 'topk',
      call: () => {
        const { values, indices } = tf.topk(truths([0, 1, 1]), 2);
        return [values, indices];
      },
      is: [1, 1, 1, 2],
      shape: [2],
      dtype: 'bool',
    },
  ],
  "wasm | convolutions whose windows leave out the last inputs of 'same'": [
    {
      name: 'conv2d',
      call: () => tf.conv2d(count<tf.Rank.R4>([1, 1, 8, 1]), ones([1, 2, 1, 1]), 4, 'same'),
      is: [3, 11],
    },
    {
      name: 'depthwiseConv2d',
      call: () => tf.depthwiseConv2d(count<tf.Rank.R4>([1, 1, 8, 1]), ones([1, 2, 1, 1]), 4, 'same'),
      is: [3, 11],
    },
  ],
  'all but tensorflow | the same, and poolings, in three dimensions': [
    {
      name: 'conv3d',
      call: () => tf.conv3d(count<tf.Rank.R5>([1, 1, 1, 8, 1]), ones([1, 1, 2, 1, 1]), [1, 1, 4], 'same'),
      is: [3, 11],
    },
    {
      name: 'avgPool3d',
      call: () => tf.avgPool3d(count<tf.Rank.R5>([1, 1, 1, 8, 1]), [1, 1, 2], [1, 1, 4], 'same'),
      is: [1.5, 5.5],
    },
  ],
  'all but tensorflow | Cumsum and Cumprod along an axis counted from the end': [
    { name: 'cumsum', on: ['cpu'], call: () => tf.cumsum(count([2, 2]), -1), is: [1, 3, 3, 7] },
    { name: 'cumsum on wasm', reason: writesPast },
  ],
  'cpu | gradients of Conv2D and of depthwise convolutions': [{ name: 'all', reason: slow }],
  'cpu | TensorScatterUpdate': [
    {
      name: 'its input',
      call: () => {
        const x = count([3]);
        tf.tensorScatterUpdate(x, integers([1], [1, 1]) as tf.Tensor2D, tf.tensor1d([9]));
        return x;
      },
      is: [1, 2, 3],
    },
  ],
  'cpu | DepthToSpace with channels first, DenseBincount of a vector with `binaryOutput`, gradients of resizing':
    [
      {
        name: 'depthToSpace',
        call: () => tf.depthToSpace(count<tf.Rank.R4>([1, 4, 1, 2]), 2, 'NCHW'),
        is: [1, 3, 2, 4, 5, 7, 6, 8],
      },
      {
        name: 'denseBincount',
        call: () => tf.denseBincount(integers([1, 1, 0]) as tf.Tensor1D, tf.tensor1d([]), 3, true),
        is: [1, 1, 0],
      },
      {
        name: 'ResizeBilinearGrad of images that are not square',
        call: resizeGrad('ResizeBilinearGrad', [1, 2, 4, 1], [1, 3, 2, 1]),
        is: [2, 8, 4, 9, 4, 9],
        shape: [1, 3, 2, 1],
      },
      {
        name: 'ResizeNearestNeighborGrad of a batch',
        call: resizeGrad('ResizeNearestNeighborGrad', [2, 1, 2, 1], [2, 1, 1, 1]),
        is: [3, 7],
      },
    ],
  'cpu | complex numbers of different rank in Add, Sub and Multiply; Slice of no numbers': [
    {
      name: 'mul',
      call: () => {
        const y = tf.mul(tf.complex(count([2, 2]), tf.zeros([2, 2])), tf.complex(count([2]), tf.zeros([2])));
        return [tf.real(y), tf.imag(y)];
      },
      is: [1, 4, 3, 8, 0, 0, 0, 0],
    },
  ],
  'cpu, wasm | StridedSlice with strides beside a shrunk axis': [
    {
      name: 'stridedSlice',
      call: () => tf.stridedSlice(count([2, 4]), [1, 0], [2, 4], [1, 2], 0, 0, 0, 0, 1),
      is: [5, 7],
    },
  ],
  'cpu | Transform of several images, RaggedTensorToTensor with a default row': [
    { name: 'transform', call: () => moved('constant', 2), is: [2, 3, 0, 5, 6, 0] },
    {
      name: 'raggedTensorToTensor',
      call: () =>
        tf.raggedTensorToTensor(
          integers([2, 2, 2]) as tf.Tensor1D,
          count([2, 2]),
          tf.tensor1d([8, 9]),
          [integers([0, 1, 2])],
          ['ROW_SPLITS'],
        ),
      is: [1, 2, 8, 9, 3, 4, 8, 9],
    },
  ],
  'wasm, webgpu | Transform that reflects (wasm), of several images (webgpu)': [
    { name: 'that reflects', on: ['wasm'], call: () => moved('reflect', 1), is: [2, 1, 1] },
    { name: 'of several images', on: ['webgpu'], call: () => moved('constant', 2), is: [2, 3, 0, 5, 6, 0] },
  ],
  'webgpu, webgl | ranks above 4 to 6': [
    {
      name: 'reverse',
      call: () => tf.reverse(count([2, 1, 1, 1, 2]), 0),
      is: [3, 4, 1, 2],
    },
    {
      name: 'pad',
      call: () => tf.pad(count([1, 1, 1, 1, 2]), [...new Array<[number, number]>(4).fill([0, 0]), [1, 0]]),
      is: [0, 1, 2],
    },
  ],
  'webgpu | CropAndResize, scans in reverse': [{ name: 'both', reason: someShapes }],
  'webgpu | moves of integers and truth values: Transpose, and reductions and scans that transpose': [
    {
      name: 'transpose',
      call: () => tf.transpose(count([1, 2, 2], 'int32'), [2, 1, 0]),
      is: [1, 3, 2, 4],
    },
    { name: 'sum', call: () => tf.sum(count([2, 2, 1], 'int32'), 0), is: [4, 6] },
  ],
  'webgpu | Cast of integers to floats, ArgMax and ArgMin of a vector, gradients of resizing': [
    {
      name: 'cast, transposed',
      call: () => tf.transpose(tf.cast(count([1, 2, 2], 'int32'), 'float32'), [2, 1, 0]),
      is: [1, 3, 2, 4],
    },
    { name: 'argMax', call: () => tf.argMax(count([3])), is: [2], shape: [] },
    { name: 'gradients of resizing', reason: someShapes },
  ],
  'webgpu | AddN of more than seven': [
    { name: 'addN', call: () => tf.addN(new Array(9).fill(0).map(() => count([2]))), is: [9, 18] },
  ],
  'webgpu | NonMaxSuppressionV4, padded': [
    {
      name: 'nonMaxSuppressionPadded',
      call: () => Object.values(tf.image.nonMaxSuppressionPadded(...boxes(), 3, 0.5, 0, true)),
      is: [1, 2, 0, 2],
    },
  ],
  'webgpu | NonMaxSuppressionV4 that is not padded, Unique, ragged and sparse kernels': [
    {
      name: 'nonMaxSuppressionPadded',
      call: () => Object.values(tf.image.nonMaxSuppressionPadded(...boxes(), 3, 0.5, 0, false)),
      is: /NonMaxSuppressionV4/,
    },
    { name: 'unique', call: () => tf.unique(count([2])).values, is: /Unique/ },
  ],
  'webgpu | gradients of GatherV2 with an index outside': [
    {
      name: 'gather',
      call: () => tf.scatterND(integers([0, 0, 1, -1], [2, 2]), ones([2]), [2, 2]),
      ours: () => grad((x: tf.Tensor) => tf.sum(tf.gather(x, tf.tensor1d([0, 9], 'int32'))))(count([4])),
      is: [1, 0, 0, 0],
    },
  ],
  'webgl | BatchMatMul over an axis of odd length; ScatterNd of an odd number of slices': [
    { name: 'matMul', reason: 'test/rules/oddMatMul.test.ts: what lies beside the numbers differs' },
  ],
  'webgl | CropAndResize of several images': [{ name: 'cropAndResize', call: crops, is: [5, 4] }],
  'webgpu, webgl | FFT of other ranks than two': [
    { name: 'fft', call: transformed, is: [10, -2, -2, -2, 0, 2, 0, -2], shape: [4] },
  ],
  'webgpu, webgl | SparseToDense and TensorScatterUpdate with a place named twice': [
    {
      name: 'sparseToDense',
      on: ['webgl'],
      call: () => tf.sparseToDense(integers([1, 1]), tf.tensor1d([5, 6]), [3], 0),
      is: [0, 6, 0],
    },
    { name: 'on webgpu', reason: 'either slice stays, the last one perhaps' },
  ],
  'webgpu, webgl | TopK of rows of one element, or of none': [
    // webgl takes so few on the host.
    {
      name: 'its input',
      on: ['webgpu'],
      call: () => {
        const x = count([2, 3]);
        tf.topk(x, 0);
        return x;
      },
      is: [1, 2, 3, 4, 5, 6],
      shape: [2, 3],
    },
  ],
  'all | one number as padding, where windows, strides or dilations of rows and columns differ': [
    {
      name: 'conv2d',
      call: () => tf.conv2d(count<tf.Rank.R4>([1, 1, 4, 1]), ones([1, 3, 1, 1]), 1, 1),
      is: [0, 0, 0, 0, 3, 6, 9, 7, 0, 0, 0, 0],
      shape: [1, 3, 4, 1],
    },
  ],
  'wasm, tensorflow | convolutions and poolings whose windows fit nowhere': [
    { name: 'on wasm', reason: writesPast },
    {
      name: 'on tensorflow',
      reason: 'what memory held may be zeros; test/rules/edges.test.ts has the gradients',
    },
  ],
  'all but tensorflow | products of matrices in stacks that broadcast along inner axes': [
    {
      name: 'matMul',
      call: () => tf.matMul(count([2, 1, 1, 1]), count([2, 3, 1, 1])),
      is: [1, 2, 3, 8, 10, 12],
    },
  ],
  'wasm, tensorflow | convolutions and poolings whose sizes are rounded up': [
    // wasm leaves what its memory held, which may be right by chance.
    {
      name: 'maxPool',
      on: ['tensorflow'],
      call: () => tf.maxPool(count<tf.Rank.R4>([1, 3, 3, 1]), 2, 2, 0, 'ceil'),
      is: [5, 6, 8, 9],
    },
  ],
  'all but tensorflow | reductions of nothing': [
    // wasm's is what its memory held, which may be right by chance.
    {
      name: 'max',
      on: ['cpu', 'webgpu'],
      call: () => tf.max(tf.tensor([], [2, 0]), 1),
      is: [-Infinity, -Infinity],
    },
  ],
  'all | broadcasting to an axis of length zero': [
    {
      name: 'broadcastTo',
      call: () => tf.broadcastTo(ones([1, 2]), [0, 2]),
      ours: () => broadcastLike(ones([1, 2]), [0, 2]),
      is: [],
      shape: [0, 2],
    },
  ],
  'all | native `tf.grad` at second order': [
    { name: 'grad', reason: 'needs the gradients of tfjs, which plain Node cannot load: test/native' },
  ],
  'cpu, webgpu, webgl | Reshape and ExpandDims of complex numbers': [{ name: 'all', reason: battery }],
  'wasm | gradient of ResizeNearestNeighbor for one row or column with corners aligned': [
    { name: 'all', reason: battery },
  ],
  'wasm | RotateWithOffset with a fill value': [{ name: 'all', reason: battery }],
  'tensorflow | ScatterNd at plain numbers, `[n]`': [{ name: 'all', reason: battery }],
  'webgl | Multiply of complex numbers that broadcast': [{ name: 'all', reason: battery }],
};
