import { div, exp, log, max, mul, sub, sum, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../core/kernel';
import { defineRule, type BatchCall } from '../core/rule';

/** Along the last axis, in front of which the mapped one goes. */
const batchAlongLast =
  (axisAttr: 'dim' | 'axis') =>
  ({ kernel, inputs, attrs }: BatchCall): Tensor => {
    const { value } = inputs.logits!;
    return runKernel(kernel, { logits: value }, { ...attrs, [axisAttr]: value.rank - 1 });
  };

// dy = y (dx - sum(y dx)): the Jacobian diag(y) - y y^T is its own transpose.
const softmaxDifferential = (t: Tensor, y: Tensor): Tensor => {
  const weighted = mul(t, y);
  return sub(weighted, mul(y, sum(weighted, -1, true)));
};
defineRule('Softmax', {
  vjp: { logits: { readsOutputs: [0], pull: (ct, { outputs }) => softmaxDifferential(ct, outputs[0]!) } },
  jvp: ({ tangents, outputs }) => softmaxDifferential(tangents.logits!, outputs[0]!),
  batch: batchAlongLast('dim'),
  shape: ({ inputs }) => inputs.logits!,
  // cpu's kernel is composed of these, too, and its own subtract and divide row by row 100 times as slowly as loops of ours.
  broken: (backend) => backend === 'cpu',
  polyfill: ({ logits }: { logits: Tensor }) => {
    const powers = exp(sub(logits, max(logits, -1, true)));
    return div(powers, sum(powers, -1, true));
  },
});

// y = x - log(sum(exp x)), so dy = dx - sum(p dx) with p = exp y, and the transpose is ct - p sum(ct).
defineRule('LogSoftmax', {
  vjp: {
    logits: {
      readsOutputs: [0],
      pull: (ct, { outputs }) => sub(ct, mul(exp(outputs[0]!), sum(ct, -1, true))),
    },
  },
  jvp: ({ tangents, outputs }) =>
    sub(tangents.logits!, sum(mul(exp(outputs[0]!), tangents.logits!), -1, true)),
  batch: batchAlongLast('axis'),
  shape: ({ inputs }) => inputs.logits!,
  // Only tfjs-node has the kernel.
  polyfill: ({ logits }: { logits: Tensor }) => {
    const shifted = sub(logits, max(logits, -1, true));
    return sub(shifted, log(sum(exp(shifted), -1, true)));
  },
});
