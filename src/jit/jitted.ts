import { type Tensor, util, zeros, zerosLike } from '@tensorflow/tfjs-core';
import { assertDevice } from '../core/backendErrors';
import { isBare, replacement } from '../core/dispatch';
import { handOver } from '../core/holdings';
import { runKernel } from '../core/kernel';
import { worksInPlace } from '../core/inPlace';
import { withWebGPU } from '../core/leftOut';
import { findKernel } from '../core/ownKernels';
import { defineRule, isDifferentiable, ruleOf, type Augmented, type BareKernel } from '../core/rule';
import { engine } from '../core/engine';
import { withBatch } from '../rules/families/batching';
import { ForwardTrace } from '../interpreters/forward';
import { ReverseTrace } from '../interpreters/reverse';
import { runBatch } from '../interpreters/batch';
import { capture, type Captured, type CaptureOptions } from './capture';
import { deviceOf } from './device';
import { evaluate } from '../interpreters/evaluate';
import {
  aliases,
  commonSubexpressions,
  constantFolding,
  deadCode,
  fusion,
  loops,
  outerProducts,
} from './passes';
import type { Program } from '../core/program';
import { compile } from './replay';
import { canGenerate } from './script';
import { split } from './split';
import { fusedForTensorFlow, graphsOf } from './tensorflow';
import { canAssemble, compilesLoops, wasmLoops } from './wasm';
import { fusedForWebGPU } from './webgpu';
import { regions, workspaceLoops } from './workspace';

/** A captured function that runs as one step, with its derivatives and its batched forms, each captured when first needed. */
export class Jitted {
  readonly program: Program;
  private readonly owned: { dispose(): void }[] = [];
  private readonly runs = new Map<string, BareKernel>();
  private readonly derived = new Map<string, unknown>();
  private readonly children: Jitted[] = [];

  constructor(
    readonly name: string,
    program: Program,
    owned?: Captured,
  ) {
    if (owned) this.owned.push(owned);
    this.program = simplified(program);
  }

  /** Calls it as the primitive 'Jitted', so that transformations around it apply. */
  call(inputs: readonly Tensor[]): Tensor[] {
    if (isBare(inputs)) return this.run(inputs);
    return runKernel<Tensor[]>('Jitted', inputs as Tensor[], { jitted: this });
  }

  /** Runs it on the backend. */
  run(inputs: readonly Tensor[]): Tensor[] {
    const eng = engine();
    // A native tape has to see the kernels.
    if (eng.isTapeOn()) return evaluate(this.program, inputs);
    void eng.backend;
    return this.bound(eng.backendName)(inputs).map((info) => eng.makeTensorFromTensorInfo(info));
  }

  /** The program bound to a backend. */
  bound(backendName: string): BareKernel {
    let run = this.runs.get(backendName);
    if (!run) {
      const program = this.lowered(backendName);
      this.owned.push(...graphsOf(program));
      this.runs.set(backendName, (run = compile(program, backendName)));
    }
    return run;
  }

  /** Forward and backward programs for reverse mode. */
  vjp(wanted: readonly boolean[]): { forward: Jitted; backward: Jitted; outputs: number; found: boolean[] } {
    return this.cached(`vjp ${wanted.join()}`, () => {
      const { inputs, outputs } = this.program;
      const differentiable = outputs.filter(isDifferentiable);
      let found: boolean[] = [];
      const joint = this.capture([...inputs, ...differentiable], (tracers) => {
        const trace = new ReverseTrace(this.name);
        try {
          const xs = inputs.map((_, i) => (wanted[i] ? trace.leaf(tracers[i]!) : tracers[i]!));
          const ys = evaluate(this.program, xs).map((y) => trace.output(y));
          // Held before the backward pass lets go of what it has read, which may be an input that is an output, too.
          const held = ys.map(({ value }) => trace.holdings.hold(value));
          let next = inputs.length;
          const seeds = ys.flatMap(({ edge }, i) => {
            const ct = isDifferentiable(outputs[i]!) ? tracers[next++]! : undefined;
            return edge && ct ? [{ edge, ct }] : [];
          });
          const cts = trace.backward(seeds, true);
          const given = cts.filter((ct) => ct !== null);
          handOver(given);
          found = cts.map((ct) => ct !== null);
          const values = held.map((t) => trace.holdings.take(t));
          handOver(values);
          return [...values, ...given];
        } finally {
          trace.dispose();
        }
      });
      const optimised = simplified(joint.program);
      const later = joint.program.inputs.slice(inputs.length);
      const { early, late } = split(optimised, later, outputs.length);
      return { forward: this.child(early), backward: this.child(late), outputs: outputs.length, found };
    });
  }

  /** Outputs, then the tangents of differentiable outputs, from inputs, then the tangents of those that move. */
  jvp(moving: readonly boolean[]): Jitted {
    return this.cached(`jvp ${moving.join()}`, () => {
      const { inputs } = this.program;
      const joint = this.capture([...inputs, ...inputs.filter((_, i) => moving[i])], (tracers) => {
        const trace = new ForwardTrace(this.name);
        try {
          let next = inputs.length;
          const xs = inputs.map((_, i) =>
            moving[i] ? trace.dual(tracers[i]!, tracers[next++]!) : tracers[i]!,
          );
          const ys = evaluate(this.program, xs).map((y) => trace.output(y));
          const results = [
            ...ys.map(({ value }) => value),
            ...ys.map(({ value, tangent }) => tangent ?? zerosLike(value)),
          ].map((t) => trace.holdings.take(trace.holdings.hold(t)));
          handOver(results);
          return results;
        } finally {
          trace.dispose();
        }
      });
      return this.child(joint.program);
    });
  }

  /** @param placed which outputs get the mapped axis in front: all by default; the others must not depend on a mapped input */
  batched(
    size: number,
    mapped: readonly boolean[],
    placed: readonly boolean[] = this.program.outputs.map(() => true),
  ): Jitted {
    return this.cached(`batch ${size} ${mapped.join()} ${placed.join()}`, () => {
      const { inputs } = this.program;
      const avals = inputs.map(({ shape, dtype }, i) => ({
        shape: mapped[i] ? [size, ...shape] : shape,
        dtype,
      }));
      const joint = this.capture(avals, (tracers) =>
        runBatch(
          this.name,
          size,
          tracers,
          mapped,
          (examples) => evaluate(this.program, examples as Tensor[]),
          (trace, t, i) => {
            const output = trace.output(t);
            return placed[i] ? withBatch(output, size) : output.value;
          },
        ),
      );
      return this.child(joint.program);
    });
  }

  dispose(): void {
    for (const child of this.children) child.dispose();
    for (const inner of innerPrograms(this.program)) inner.dispose();
    for (const owned of this.owned) owned.dispose();
    this.children.length = 0;
    this.owned.length = 0;
    this.runs.clear();
    this.derived.clear();
  }

  /** The program in kernels that the backend has, fused where it has fused ones. */
  private lowered(backendName: string): Program {
    const program = ALL_IN_LOOPS.has(backendName) ? outerProducts(this.program) : this.program;
    const complete = program.equations.every(({ kernel, inputs, attrs, list }) => {
      if (ruleOf(kernel)?.bind?.(attrs, backendName)) return true;
      const ranked = inputs.map(
        ([name, v]) =>
          [name, { ...v, rank: v.shape.length, size: util.sizeFromShape(v.shape as number[]) }] as const,
      );
      const avals = list ? ranked.map(([, v]) => v) : Object.fromEntries(ranked);
      return findKernel(kernel, backendName) && !replacement(kernel, avals as never, attrs, backendName);
    });
    const lower = complete
      ? program
      : simplified(
          this.capture(program.inputs, (tracers) => evaluate(program, tracers), {
            target: backendName,
          }).program,
        );
    if (backendName === 'cpu' && worksInPlace('cpu') && compilesLoops())
      return deadCode(regions(backendName)(loops(workspaceLoops())(lower)));
    if (backendName === 'cpu' && canGenerate()) return deadCode(loops()(lower));
    if (backendName === 'wasm' && canAssemble(engine().backend))
      return deadCode(loops(wasmLoops)(fusion(lower)));
    if (withWebGPU && backendName === 'webgpu') return deadCode(fusedForWebGPU(lower));
    if (backendName === 'tensorflow') return fusedForTensorFlow(lower);
    return deadCode(fusion(lower));
  }

  private capture(
    ...args: [inputs: Program['inputs'], body: (tracers: Tensor[]) => Tensor[], options?: CaptureOptions]
  ): Captured {
    const captured = capture(this.name, ...args);
    this.owned.push(captured);
    return captured;
  }

  private child(program: Program): Jitted {
    const jitted = new Jitted(this.name, program);
    this.children.push(jitted);
    return jitted;
  }

  private cached<T>(key: string, make: () => T): T {
    let found = this.derived.get(key) as T | undefined;
    if (found === undefined) this.derived.set(key, (found = make()));
    return found;
  }
}

/**
 * Whether a program can run on these tensors with no scope around it: nobody looks on, and the backend's kernels make no tensors that the engine
 * counts.
 */
export function runsAlone(inputs: readonly Tensor[]): boolean {
  if (!isBare(inputs, 0) || deviceOf(engine().backendName).givesTensors) return false;
  assertDevice();
  return true;
}

/** Backends whose own products of matrices take in no more of what follows than a loop does. */
const ALL_IN_LOOPS = new Set(['cpu', 'wasm']);

/** The same program in fewer calls, whatever the backend. */
function simplified(program: Program): Program {
  return deadCode(commonSubexpressions(constantFolding(aliases(program))));
}

/** Programs that equations carry: bodies of loops, branches. */
function innerPrograms({ equations }: Program): Jitted[] {
  const values = equations.flatMap(({ attrs }) => Object.values(attrs).flat() as unknown[]);
  return values.filter((value) => value instanceof Jitted);
}

const jittedOf = (attrs: Record<string, unknown>): Jitted => attrs.jitted as Jitted;

defineRule('Jitted', {
  polyfill: (inputs: Tensor[], attrs) => jittedOf(attrs).run(inputs),
  inline: (inputs, attrs) => evaluate(jittedOf(attrs).program, inputs),
  differentiate: (inputs, attrs, wanted): Augmented => {
    const { forward, backward, outputs, found } = jittedOf(attrs).vjp(wanted);
    const results = forward.call(inputs);
    const values = results.slice(0, outputs);
    // The outputs themselves may be gone when the pullback runs.
    const shapes = values.map(({ shape, dtype }) => ({ shape, dtype }));
    return {
      outputs: values,
      residuals: results.slice(outputs),
      pullback: (residuals, cts) => {
        const given = cts
          .map((ct, i) => ct ?? zeros(shapes[i]!.shape, shapes[i]!.dtype))
          .filter((_, i) => isDifferentiable(shapes[i]!));
        const grads = backward.call([...residuals, ...given]);
        let next = 0;
        let leaf = 0;
        return wanted.map((w) => (w && found[leaf++] ? grads[next++]! : null));
      },
    };
  },
  pushForward: (inputs, tangents, attrs) => {
    const jitted = jittedOf(attrs).jvp(tangents.map((t) => t !== null));
    const results = jitted.call([...inputs, ...tangents.filter((t) => t !== null)]);
    const count = results.length / 2;
    return { outputs: results.slice(0, count), tangents: results.slice(count) };
  },
  batch: ({ inputs, size, attrs }) => {
    const list = Object.values(inputs);
    return jittedOf(attrs)
      .batched(
        size,
        list.map(({ batched }) => batched),
      )
      .call(list.map(({ value }) => value));
  },
});
