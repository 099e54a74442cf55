import { cast, clone, getBackend, reshape, topk, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { defineRule, type Aval } from '../../core/rule';
import { scatterRows } from './gather';
import { layoutOf } from './layout';
import { takeRows } from './offsets';

// values[r, j] = x[r, indices[r, j]]: once the places are chosen, reading them is linear. Of equals only the chosen one has a derivative.
defineRule('TopK', {
  vjp: {
    x: {
      readsOutputs: [1],
      pull: (ct, { outputs, avals }) => {
        const { shape } = avals.x!;
        const last = shape.length - 1;
        return reshape(scatterRows(ct, outputs[1]!, layoutOf(shape, last, last)), [...shape]);
      },
    },
  },
  jvp: ({ tangents, outputs: [, indices] }) => {
    const { shape } = tangents.x!;
    const last = shape.length - 1;
    return [reshape(takeRows(tangents.x!, indices!, layoutOf(shape, last, last)), indices!.shape), null];
  },
  batch: ({ inputs, attrs }): Tensor[] => {
    const { values, indices } = topk(inputs.x!.value, attrs.k, attrs.sorted);
    return [values, indices];
  },
  shape: ({ inputs, attrs }): Aval[] => {
    const shape = [...inputs.x!.shape.slice(0, -1), attrs.k];
    return [
      { shape, dtype: inputs.x!.dtype },
      { shape, dtype: 'int32' },
    ];
  },
  // Of rows of one element the kernels of webgpu and webgl return the input itself, which then is disposed twice, and where none is wanted
  // they change the input's shape. No tfjs issue is filed.
  // wasm's takes truth values for four bytes long, and TensorFlow's takes none.
  broken: (backend, { x }: { x: Tensor }, { k }) =>
    backend === 'wasm' || backend === 'tensorflow'
      ? x.dtype === 'bool'
      : (backend === 'webgpu' || backend === 'webgl') && (k === 0 || x.shape.at(-1) === 1),
  polyfill: ({ x }: { x: Tensor }, { k, sorted }) => {
    if (getBackend() === 'wasm' || getBackend() === 'tensorflow') {
      const { values, indices } = topk(cast(x, 'int32'), k, sorted);
      return [cast(values, 'bool'), indices];
    }
    const shape = [...x.shape.slice(0, -1), k as number];
    return [k === 0 ? zeros(shape, x.dtype) : clone(x), zeros(shape, 'int32')];
  },
});
