import type { KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';
import { canWorkIn } from '../wasm/blocks';
import { isShared, memoryOf } from '../wasm/memory';
import { hasWorkspace, withWorkspace, type Place } from '../wasm/workspace';
import { engine } from './engine';
import { provideKernel } from './ownKernels';
import type { Attrs, Aval, Named } from './rule';

/** A kernel of our own, in the memory of the wasm backend or in a workspace, which has its form. */
export type InPlace = (inputs: Named<TensorInfo>, attrs: Attrs, backend: object) => TensorInfo;

/**
 * Whether kernels of our own can work for a backend, with SIMD instructions: in the memory of wasm, and on cpu in a workspace, copied in and out. Elsewhere what they compute is composed of the backend's kernels, and while a native tape
 * records, which has to see kernels that it knows.
 */
export function worksInPlace(backendName: string): boolean {
  if (!(backendName === 'wasm' || backendName === 'cpu') || engine().isTapeOn()) return false;
  if (backendName === 'cpu') return hasWorkspace();
  const backend = engine().registry.wasm;
  return backend !== undefined && canWorkIn(backend);
}

/**
 * As `worksInPlace`, for products and convolutions: where the backend has threads, tfjs's own share their work between them, and are faster than
 * ours, which do not.
 */
export function worksAlone(backendName: string): boolean {
  return (
    worksInPlace(backendName) && !(backendName === 'wasm' && isShared(memoryOf(engine().registry.wasm!)!))
  );
}

/** How a kernel is computed in a workspace. */
export interface Form {
  readonly compute: InPlace;
  readonly takes: (inputs: Named<Aval>, attrs: Attrs) => boolean;
  /** All that it does is calls of functions of memory modules, the same ones wherever addresses, shapes and attributes are: see calls.ts. */
  readonly isFixed?: boolean;
}

const forms = new Map<string, Form>();

/** Says how programs compute a kernel of a backend's in a workspace, where it takes the call. */
export function provideInWorkspace(kernelName: string, form: Form): void {
  forms.set(kernelName, form);
}

/** How a call is computed in a workspace, if that is not left to the backend. */
export function inWorkspace(kernelName: string, inputs: Named<Aval>, attrs: Attrs): Form | undefined {
  const form = forms.get(kernelName);
  return form?.takes(inputs, attrs) ? form : undefined;
}

/** Says how a kernel of our own is computed: it is registered when first needed. */
export function provideInPlace(kernelName: string, compute: InPlace, isFixed = false): void {
  provideInWorkspace(kernelName, { compute, takes: () => true, isFixed });
  provideKernel(kernelName, (backendName) => {
    if (!(backendName === 'wasm' || backendName === 'cpu')) return undefined;
    const run = backendName === 'cpu' ? onCopies(compute) : compute;
    return ({ inputs, attrs, backend }) =>
      run(inputs as Named<TensorInfo>, attrs as Attrs, backend as object);
  });
}

/** With inputs that are copied in, and the result copied out. */
const onCopies =
  (compute: InPlace): InPlace =>
  (inputs, attrs, backend) =>
    withWorkspace((space) => {
      space.begin();
      const host = backend as KernelBackend;
      const given: Named<TensorInfo> = {};
      for (const [name, { dataId, shape, dtype }] of Object.entries(inputs)) {
        given[name] = space.makeOutput(shape, dtype);
        space.view(given[name].dataId as Place, shape, dtype).set(host.readSync(dataId) as Float32Array);
      }
      const { dataId, shape, dtype } = compute(given, attrs, space);
      const values = space.view(dataId as Place, shape, dtype).slice();
      return { dataId: host.write(values, shape, dtype), shape, dtype };
    });
