import { getKernel, type Tensor } from '@tensorflow/tfjs-core';
import { describeAval } from './errors';
import { engine, type KernelInputs } from './engine';

/** A GPU device of WebGPU, as far as its loss goes. */
interface Device {
  readonly lost?: Promise<{ reason: string; message: string }>;
}

const losses = new WeakMap<Device, string>();

/**
 * Watches the device of a backend that has one. WebGPU does not throw where its device is gone: ops go on as if nothing had happened, and
 * reading their results fails without a message.
 *
 * @throws Error where the device is lost
 */
export function assertDevice(): void {
  const { backendInstance, backendName } = engine();
  const device = (backendInstance as { device?: Device } | null)?.device;
  if (!device?.lost) return;
  const loss = losses.get(device);
  if (loss) {
    throw new Error(
      `The GPU device of the ${backendName} backend is lost (${loss}), and with it all tensors there. ` +
        `Start again with tf.removeBackend('${backendName}') and a new registration, or on another backend.`,
    );
  }
  if (loss === '') return;
  losses.set(device, '');
  void device.lost.then(({ reason, message }) => losses.set(device, message || reason || 'no reason given'));
}

/** @throws Error where no backend is there to hold a tensor */
export function assertBackend(where: () => string): void {
  if (engine().backendNames().length > 0) return;
  throw new Error(
    `${where()}: TensorFlow.js has no backend yet. Import one, '@tensorflow/tfjs-backend-cpu' say, or '@tensorflow/tfjs'.`,
  );
}

/** The error of a kernel that a backend lacks, with what else there is. */
export function lacking(kernel: string, backendName: string, cause?: unknown): Error {
  const others = Object.keys(engine().registry).filter((name) => getKernel(kernel, name));
  const advice =
    others.length > 0
      ? `Loaded backends that have it: ${others.join(', ')}.`
      : `Compute it on another one, '@tensorflow/tfjs-backend-cpu' say, with tensors made there of what await tensor.data() reads here.`;
  return new Error(
    `The ${backendName} backend has no kernel ${kernel}, and nothing stands for it there. ${advice}`,
    { cause },
  );
}

/** What to throw in place of an error of a kernel on the backend, where its reason is known. */
export function explained(error: unknown, kernel: string, inputs: KernelInputs): unknown {
  const { backendName, backendInstance, registry, state } = engine();
  if (!getKernel(kernel, backendName)) return lacking(kernel, backendName, error);
  for (const [name, input] of Object.entries(inputs) as [string, Tensor | undefined][]) {
    if (input?.isDisposed)
      return new Error(`${kernel}: input ${name}, ${describeAval(input)}, is disposed.`, { cause: error });
    if (input?.dtype === 'complex64' && /complex64/.test(String(error))) {
      return new TypeError(
        `${kernel}: input ${name} is ${describeAval(input)}, and the ${backendName} backend's kernel does not take complex numbers. ` +
          `Compute with the parts, tf.real and tf.imag.`,
        { cause: error },
      );
    }
    const home = input && state.tensorInfo.get(input.dataId)?.backend;
    if (!home || home === backendInstance) continue;
    const homeName = Object.keys(registry).find((other) => registry[other] === home) ?? 'another';
    return new Error(
      `${kernel}: input ${name}, ${describeAval(input)}, is on the ${homeName} backend and could not be moved to ${backendName}, ` +
        `which is in use. Read it with await tensor.data() and make a new tensor of it.`,
      { cause: error },
    );
  }
  return error;
}
