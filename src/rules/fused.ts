import {
  add,
  elu,
  leakyRelu,
  prelu,
  relu,
  relu6,
  reshape,
  sigmoid,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { runKernel } from '../core/kernel';
import { defineRule, type Attrs, type Named } from '../core/rule';
import { mustPad } from './convolution/numericPadding';

interface Extras {
  bias?: Tensor;
  preluActivationWeights?: Tensor;
}

fuse('_FusedMatMul', ({ a, b }, { transposeA, transposeB }) =>
  runKernel('BatchMatMul', { a, b }, { transposeA: transposeA ?? false, transposeB: transposeB ?? false }),
);

fuse('FusedConv2D', ({ x, filter }, { strides, pad, dataFormat, dilations, dimRoundingMode }) =>
  runKernel(
    'Conv2D',
    { x, filter },
    { strides, pad, dataFormat: dataFormat ?? 'NHWC', dilations: dilations ?? 1, dimRoundingMode },
  ),
);

fuse('FusedDepthwiseConv2D', ({ x, filter }, { strides, pad, dataFormat, dilations, dimRoundingMode }) =>
  runKernel(
    'DepthwiseConv2dNative',
    { x, filter },
    { strides, pad, dataFormat: dataFormat ?? 'NHWC', dilations: dilations ?? 1, dimRoundingMode },
  ),
);

/** activation(product + bias) */
function fuse(kernel: string, product: (inputs: Named<Tensor>, attrs: Attrs) => Tensor): void {
  defineRule(kernel, {
    // wasm's kernels look at the shape under which the bias was first written, and refuse a vector that is a reshaped matrix.
    // Those of tfjs-node do not know channels first.
    broken: (backend, { bias, x, filter }, attrs) =>
      (backend === 'wasm' && bias != null) ||
      (backend === 'tensorflow' && attrs.dataFormat === 'NCHW') ||
      (filter && mustPad(backend, attrs, x.shape, filter.shape)),
    decompose: ({ bias, preluActivationWeights, ...operands }: Named<Tensor> & Extras, attrs) => {
      const z = product(operands, attrs);
      return activate(bias ? add(z, alongChannels(bias, attrs)) : z, attrs, preluActivationWeights);
    },
  });
}

function activate(z: Tensor, attrs: Attrs, preluActivationWeights?: Tensor): Tensor {
  switch (attrs.activation ?? 'linear') {
    case 'linear':
      return z;
    case 'relu':
      return relu(z);
    case 'relu6':
      return relu6(z);
    case 'elu':
      return elu(z);
    case 'sigmoid':
      return sigmoid(z);
    case 'prelu':
      return prelu(z, alongChannels(preluActivationWeights!, attrs));
    case 'leakyrelu':
      return leakyRelu(z, attrs.leakyreluAlpha ?? 0.2);
    default:
      throw new Error(`The activation ${String(attrs.activation)} of a fused op is not known.`);
  }
}

/** A vector goes along the channels, wherever the data format has them. */
function alongChannels(vector: Tensor, { dataFormat }: Attrs): Tensor {
  return dataFormat === 'NCHW' && vector.rank === 1 ? reshape(vector, [vector.size, 1, 1]) : vector;
}
