import type { Tensor } from '@tensorflow/tfjs-core';
import { engine } from '../../core/engine';
import { runKernel } from '../../core/kernel';
import { defineRule, isDifferentiable, type Augmented, type BareKernel } from '../../core/rule';
import { deviceOf, readsAtOnce } from '../../jit/device';
import type { Jitted } from '../../jit/jitted';
import { carriesDerivative } from './dependence';
import { batchWhile } from './whileBatch';
import { spread } from './whileFlow';
import { pushWhileForward } from './whileForward';

/** The primitive 'While'. Inputs: constants of the condition, constants of the body, carry. Outputs: the last carry. */
export interface WhileAttrs {
  readonly condition: Jitted;
  readonly body: Jitted;
  /** How many constants the condition has, and how many the body. */
  readonly constants: readonly [condition: number, body: number];
}

export function whileKernel(inputs: Tensor[], attrs: WhileAttrs): Tensor[] {
  return runKernel<Tensor[]>('While', inputs, { ...attrs });
}

function bind({ condition, body, constants: [c, b] }: WhileAttrs, backendName: string): BareKernel {
  if (!readsAtOnce(backendName)) throw unreadable(body.name, backendName);
  const device = deviceOf(backendName);
  return (inputs) => {
    const [test, step] = [condition.bound(backendName), body.bound(backendName)];
    let carry = inputs.slice(c + b).map((t) => device.share(t));
    try {
      for (;;) {
        const pred = test([...inputs.slice(0, c), ...carry]);
        const goesOn = device.read(pred[0]!);
        device.dispose(pred);
        if (!goesOn) return carry;
        const next = step([...inputs.slice(c, c + b), ...carry]);
        device.dispose(carry);
        carry = next;
      }
    } catch (error) {
      device.dispose(carry);
      throw error;
    }
  };
}

function unreadable(name: string, backendName: string): Error {
  return new Error(
    `${name}: the backend ${backendName} can't read the condition while a loop runs. Use lax.foriLoop or lax.scan with a fixed number of steps.`,
  );
}

/** The loop on tensors: for a native tape, which has to see the kernels. */
function loop(inputs: Tensor[], { condition, body, constants: [c, b] }: WhileAttrs): Tensor[] {
  let carry = inputs.slice(c + b);
  while (condition.run([...inputs.slice(0, c), ...carry])[0]!.dataSync()[0])
    carry = body.run([...inputs.slice(c, c + b), ...carry]);
  return carry;
}

function differentiate(inputs: Tensor[], attrs: WhileAttrs, wanted: boolean[]): Augmented {
  const flags = wanted.map((flag, i) => flag && isDifferentiable(inputs[i]!));
  if (spread(attrs, flags, carriesDerivative).includes(true)) {
    throw new Error(
      `${attrs.body.name}: reverse-mode differentiation does not work for loops whose number of steps depends on data (lax.whileLoop, and ` +
        'lax.foriLoop with bounds that are tensors). Use lax.scan, lax.foriLoop with numbers for bounds, or forward mode (jvp).',
    );
  }
  return { outputs: whileKernel(inputs, attrs), residuals: [], pullback: () => inputs.map(() => null) };
}

defineRule('While', {
  polyfill: (inputs: Tensor[], given) => {
    const attrs = given as WhileAttrs;
    const eng = engine();
    try {
      if (eng.isTapeOn()) return loop(inputs, attrs);
      return bind(attrs, eng.backendName)(inputs).map((info) => eng.makeTensorFromTensorInfo(info));
    } finally {
      attrs.condition.dispose();
      attrs.body.dispose();
    }
  },
  bind: (attrs, backendName) => bind(attrs as WhileAttrs, backendName),
  shape: ({ attrs }) => (attrs as WhileAttrs).body.program.outputs.slice(),
  batch: (call) => batchWhile(call, whileKernel),
  pushForward: (inputs, tangents, attrs) =>
    pushWhileForward(inputs, tangents, attrs as WhileAttrs, whileKernel),
  differentiate: (inputs, attrs, wanted) => differentiate(inputs, attrs as WhileAttrs, wanted),
});
