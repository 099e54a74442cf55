import { getKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import { provideKernel } from '../../core/ownKernels';
import type { Attrs } from '../../core/rule';
import type { Padding } from '../../rules/convolution/geometry';
import { FILTER_GRADIENT, INPUT_GRADIENT } from '../../rules/convolution/primitives';
import { contraction } from './contraction';
import { LINEAR, paddingAttrs } from './linear';

/** Which inputs are multiplied. */
const FACTORS = { [INPUT_GRADIENT]: ['dy', 'filter'], [FILTER_GRADIENT]: ['x', 'dy'] } as const;

interface Call {
  readonly inputs: Record<string, TensorInfo>;
  readonly attrs: Attrs;
  readonly backend: { disposeData(dataId: object): boolean };
}

/** A call with its shapes, ready to run. */
interface Ready {
  readonly padding: Padding;
  readonly run: ReturnType<typeof contraction>;
}

const ready = new Map<string, Ready>();

function gradient(kernel: keyof typeof FACTORS, { inputs, attrs, backend }: Call): TensorInfo {
  const [a, b] = FACTORS[kernel].map((name) => inputs[name]) as [TensorInfo, TensorInfo];
  const key = JSON.stringify([kernel, a.shape, b.shape, attrs]);
  let call = ready.get(key);
  if (!call) {
    const { padding, contraction: form } = LINEAR[kernel]!(inputs, attrs)!;
    const shape = attrs.inputShape ?? attrs.filterShape;
    ready.set(key, (call = { padding, run: contraction(form, [{ shape, dtype: 'float32' }]) }));
  }
  if (!call.padding.flat().some((n) => n > 0)) return call.run(backend, [a, b])[0]!;
  const pad = getKernel('PadV2', 'webgpu')!.kernelFunc;
  const padded = pad({ inputs: { x: a }, attrs: paddingAttrs(call.padding), backend }) as TensorInfo;
  const [result] = call.run(backend, [padded, b]);
  backend.disposeData(padded.dataId);
  return result!;
}

/** Gradients of convolutions as contractions, for eager calls too: see rules/convolution/shaders.ts. */
export function provideGradients(): void {
  for (const kernel of [INPUT_GRADIENT, FILTER_GRADIENT] as (keyof typeof FACTORS)[])
    provideKernel(kernel, (backendName) =>
      backendName === 'webgpu' ? (call) => gradient(kernel, call as unknown as Call) : undefined,
    );
}
