import * as tf from '@tensorflow/tfjs-core';
import { expect, test, vi } from 'vitest';
import { asStack, runShader, type WebGPUBackend } from '../../../src/linalg/kernels/webgpu/program';
import { everything, residualOf } from '../../../src/linalg/kernels/webgpu/refine';
import { gaussian, product, tensorOf } from '../../linalg/kernels/reference';

const backend = (): WebGPUBackend => tf.backend() as unknown as WebGPUBackend;

test('a shader that the device refuses is reported, and its next run throws', async () => {
  const report = vi.spyOn(console, 'error').mockImplementation(() => {});
  const run = (): void => {
    const shader = { name: 'nonsense', inputs: [], body: 'result[index] = no_such_value;' };
    const { dataId } = runShader({ backend: backend(), shader, inputs: [], workgroups: 1, shape: [1, 1, 1] });
    backend().disposeData(dataId);
  };
  const { device } = backend() as unknown as { device: GPUDevice };
  // What the refused shader was to do is refused too, when it is submitted.
  device.pushErrorScope('validation');
  run();
  const queue = backend() as unknown as { endComputePassEncoder(): void; submitQueue(): void };
  queue.endComputePassEncoder();
  queue.submitQueue();
  await device.popErrorScope();
  await vi.waitFor(() => expect(report).toHaveBeenCalledOnce());
  expect(String(report.mock.calls[0]![0])).toMatch(
    /the WebGPU device refused the shader "nonsense": .*no_such_value/s,
  );
  expect(run).toThrow(/The WebGPU device refused the shader "nonsense": .*no_such_value/s);
  report.mockRestore();
});

test('residuals keep 48 bits, so sums are computed in the order in which they are written', () => {
  tf.tidy(() => {
    const [n, m] = [70, 5];
    const a = gaussian(n, n, 'a');
    const x = gaussian(n, m, 'x');
    const exact = product(a, x);
    const b = exact.map((row) => row.map(Math.fround));
    const [matrix, solution, right] = [tensorOf([a], n, n), tensorOf([x], n, m), tensorOf([b], n, m)];
    const { dataId } = residualOf(backend(), asStack(matrix), solution, asStack(right), everything);
    const found = tf.backend().readSync(dataId) as Float32Array;
    backend().disposeData(dataId);
    exact.forEach((row, i) =>
      row.forEach((v, j) => {
        const expected = b[i]![j]! - v;
        expect(Math.abs(found[i * m + j]! - expected)).toBeLessThan(1e-11 + 1e-4 * Math.abs(expected));
      }),
    );
  });
});
