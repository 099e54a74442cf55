import { engine } from '../../core/engine';

/** What is known of the adapter of the webgpu backend in use. */
interface Backend {
  readonly device?: {
    readonly adapterInfo?: { readonly vendor?: string; readonly isFallbackAdapter?: boolean };
  };
}

const adapter = (): { vendor?: string; isFallbackAdapter?: boolean } =>
  (engine().backend as Backend).device?.adapterInfo ?? {};

/** Whether a processor stands in for a graphics card. Each barrier is dear there, and few invocations occupy it. */
export const isSoftware = (): boolean => adapter().isFallbackAdapter ?? false;

/** Whether the card is one for which products without workgroup memory are known to be faster than tfjs's tiled ones (see contraction.ts). */
export const isApple = (): boolean => adapter().vendor === 'apple';
