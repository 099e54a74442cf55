import { cast, notEqual, scalar, util, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../core/kernel';
import { defineRule } from '../core/rule';
import { elementwiseBatch } from './families/batching';
import { constant } from './families/constant';
import { linear } from './families/linear';
import { unary } from './families/unary';

unary('Identity', 'nothing', (t) => t);

// Between real types a copy. From complex to real it takes the real part, whose transpose is the embedding, and the other way round.
linear('Cast', 'x', {
  transpose: (ct, { avals }) => cast(ct, avals.x!.dtype),
  batch: elementwiseBatch,
  shape: ({ inputs, attrs }) => ({ shape: inputs.x!.shape, dtype: attrs.dtype }),
  // webgpu's kernel (4.22) says float32 of a buffer that goes on holding integers, and shaders that move elements then fail to compile
  // (https://github.com/tensorflow/tfjs/pull/7899). wasm's cuts numbers down to a byte and calls that a truth value (https://github.com/tensorflow/tfjs/issues/2590).
  broken: (backend, { x }: { x: Tensor }, { dtype }) =>
    (backend === 'webgpu' && dtype === 'float32' && (x.dtype === 'int32' || x.dtype === 'bool')) ||
    (backend === 'wasm' && dtype === 'bool' && (x.dtype === 'int32' || x.dtype === 'float32')),
  polyfill: ({ x }: { x: Tensor }, { dtype }) =>
    dtype === 'bool' ? notEqual(x, scalar(0, x.dtype)) : runKernel('Multiply', { a: scalar(1), b: x }),
});

constant('ZerosLike');
constant('OnesLike');

// Kernels without tensors: no transformation meets them but capture.
defineRule('Fill', {
  constant: true,
  shape: ({ attrs: { shape, value, dtype } }) => ({ shape, dtype: dtype ?? util.inferDtype(value) }),
});
defineRule('LinSpace', {
  constant: true,
  shape: ({ attrs: { num } }) => ({ shape: [Math.floor(num)], dtype: 'float32' }),
});
defineRule('Range', {
  constant: true,
  shape: ({ attrs: { start, stop, step, dtype } }) => {
    // As the kernel has it: a step of the wrong sign gives nothing, but up to 1, which tfjs takes for the default, it counts down.
    const isEmpty = start === stop || (start < stop && step < 0) || (stop < start && step > 1);
    return { shape: [isEmpty ? 0 : Math.abs(Math.ceil((stop - start) / step))], dtype };
  },
});
