import * as tf from '@tensorflow/tfjs-core';
import { expect, test, vi } from 'vitest';
import { dispatcher, type WebGPUBackend } from '../../../src/core/webgpu';
import { asStack } from '../../../src/linalg/kernels/stack';
import { everything, residualOf } from '../../../src/linalg/kernels/webgpu/refine';
import { gaussian, product, tensorOf } from '../../linalg/kernels/reference';

const backend = (): WebGPUBackend => tf.backend() as unknown as WebGPUBackend;

test('a shader that the device refuses is reported, and its next run throws', async () => {
  const report = vi.spyOn(console, 'error').mockImplementation(() => {});
  const launched = dispatcher({ name: 'nonsense', body: 'r0[index] = no_such_value;' });
  const run = (): void => {
    const outputs = [{ shape: [1], dtype: 'float32' as const }];
    const [result] = launched({ outputs, workgroups: 1, integers: {} })(backend(), []);
    backend().disposeData(result!.dataId);
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
    /The WebGPU device refused the shader "nonsense": .*no_such_value/s,
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
    const { dataId } = residualOf(backend(), asStack(matrix), asStack(solution), asStack(right), everything);
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
