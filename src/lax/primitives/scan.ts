import { reshape, slice, stack, zeros, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { engine } from '../../core/engine';
import { runKernel } from '../../core/kernel';
import { defineRule, type BareKernel, type LoopCall } from '../../core/rule';
import { withoutValues } from '../../interpreters/stage';
import { capture } from '../../jit/capture';
import { deviceOf } from '../../jit/device';
import { rowOf as rowOnDevice, rows } from '../../jit/rows';
import { Jitted } from '../../jit/jitted';
import { open } from './open';
import { batchScan } from './scanBatch';
import { pushScanForward } from './scanForward';
import { differentiateScan } from './scanReverse';

/**
 * The primitive 'Scan'. Inputs: constants, carry, xs with the loop's axis in front. Outputs: the last carry, then ys, stacked. The body
 * takes constants, carry and one x, and gives the next carry and one y.
 */
export interface ScanAttrs {
  readonly body: Jitted;
  /** How many of the inputs are the same for every step, and how many are carried on. */
  readonly constants: number;
  readonly carries: number;
  readonly length: number;
  /** From the last x to the first. */
  readonly reverse: boolean;
}

export function scanKernel(inputs: Tensor[], attrs: ScanAttrs): Tensor[] {
  return runKernel<Tensor[]>('Scan', inputs, { ...attrs });
}

/** The loop on bare tensors. */
function bind({ body, constants, carries, length, reverse }: ScanAttrs, backendName: string): BareKernel {
  const device = deviceOf(backendName);
  const { outputs } = body.program;
  return (inputs) => {
    const step = body.bound(backendName);
    const fixed = inputs.slice(0, constants);
    const xs = inputs.slice(constants + carries);
    let carry = inputs.slice(constants, constants + carries).map((t) => device.share(t));
    const ys = outputs.slice(carries).map(({ shape, dtype }) => rows(device, length, shape, dtype));
    try {
      for (let t = 0; t < length; t++) {
        const at = reverse ? length - 1 - t : t;
        const given = xs.map((x) => rowOnDevice(device, x, at));
        let results: TensorInfo[];
        try {
          results = step([...fixed, ...carry, ...given]);
        } finally {
          device.dispose(given);
        }
        device.dispose(carry);
        carry = results.slice(0, carries);
        ys.forEach((y, i) => y.put(at, results[carries + i]!));
      }
    } catch (error) {
      device.dispose(carry);
      for (const y of ys) y.dispose();
      throw error;
    }
    return [...carry, ...ys.map((y) => y.take())];
  };
}

/** The loop on tensors: for a native tape, which has to see the kernels. */
function loop(inputs: Tensor[], { body, constants, carries, length, reverse }: ScanAttrs): Tensor[] {
  const fixed = inputs.slice(0, constants);
  let carry = inputs.slice(constants, constants + carries);
  const ys: Tensor[][] = [];
  for (let t = 0; t < length; t++) {
    const at = reverse ? length - 1 - t : t;
    const results = body.run([
      ...fixed,
      ...carry,
      ...inputs.slice(constants + carries).map((x) => rowOf(x, at)),
    ]);
    carry = results.slice(0, carries);
    ys.push(results.slice(carries));
  }
  if (reverse) ys.reverse();
  const stacked = body.program.outputs
    .slice(carries)
    .map(({ shape, dtype }, i) =>
      length === 0 ? zeros([0, ...shape], dtype) : stack(ys.map((row) => row[i]!)),
    );
  return [...carry, ...stacked];
}

/** The same loop with another body. */
function withBody({ body: { name }, reverse }: ScanAttrs, { length, carry, xs, step }: LoopCall): Tensor[] {
  const avals = [...carry, ...xs.map(({ shape, dtype }) => ({ shape: shape.slice(1), dtype }))];
  const captured = capture(name, avals, (tracers) =>
    step(tracers.slice(0, carry.length), tracers.slice(carry.length)),
  );
  try {
    const { program, constants } = open(captured.program);
    return scanKernel([...constants, ...carry, ...xs], {
      body: new Jitted(name, program),
      constants: constants.length,
      carries: carry.length,
      length,
      reverse,
    });
  } finally {
    captured.dispose();
  }
}

/** Element `index` along the first axis. */
export function rowOf(x: Tensor, index: number): Tensor {
  const rest = x.shape.slice(1);
  return reshape(slice(x, [index, ...rest.map(() => 0)], [1, ...rest]), rest);
}

defineRule('Scan', {
  polyfill: (inputs: Tensor[], given) => {
    const attrs = given as ScanAttrs;
    const eng = engine();
    try {
      if (eng.isTapeOn()) return loop(inputs, attrs);
      return bind(attrs, eng.backendName)(inputs).map((info) => eng.makeTensorFromTensorInfo(info));
    } finally {
      attrs.body.dispose();
    }
  },
  bind: (attrs, backendName) => bind(attrs as ScanAttrs, backendName),
  shape: ({ attrs }) => {
    const { body, carries, length } = attrs as ScanAttrs;
    return body.program.outputs.map(({ shape, dtype }, i) => ({
      shape: i < carries ? shape : [length, ...shape],
      dtype,
    }));
  },
  withBody: (attrs, call) => withBody(attrs as ScanAttrs, call),
  withoutValues,
  batch: (call) => batchScan(call, scanKernel),
  pushForward: (inputs, tangents, attrs) => pushScanForward(inputs, tangents, attrs as ScanAttrs, scanKernel),
  differentiate: (inputs, attrs, wanted) => differentiateScan(inputs, attrs as ScanAttrs, wanted, scanKernel),
});
