// Interim: plain float64 kernels, until the blocked ones land.
import { getKernel, registerKernel } from '@tensorflow/tfjs-core';
type Info = { dataId: object; shape: number[]; dtype: 'float32' };
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Any = any;
const out = (backend: Any, shape: number[], values: Float32Array): Info => {
  if (backend.makeTensorInfo) return backend.makeTensorInfo(shape, 'float32', values);
  const info = backend.makeOutput(shape, 'float32');
  backend.typedArrayFromHeap(info).set(values);
  return info;
};
export function registerLinalgKernels(backendName: string): void {
  if (getKernel('TractCholeskySolve', backendName)) return;
  registerKernel({
    kernelName: 'TractCholeskySolve',
    backendName,
    kernelFunc: ({ inputs, backend }: Any) => {
      const { a, b } = inputs;
      const n = a.shape[a.shape.length - 1];
      const m = b.shape[b.shape.length - 1];
      const A = Float64Array.from(backend.readSync(a.dataId));
      const B = Float64Array.from(backend.readSync(b.dataId));
      for (let s = 0; s * n * n < A.length; s++) {
        const oa = s * n * n;
        const ob = s * n * m;
        for (let j = 0; j < n; j++) {
          for (let i = j; i < n; i++) {
            let v = A[oa + i * n + j]!;
            for (let k = 0; k < j; k++) v -= A[oa + i * n + k]! * A[oa + j * n + k]!;
            A[oa + i * n + j] = i === j ? Math.sqrt(v) : v / A[oa + j * n + j]!;
          }
        }
        for (let c = 0; c < m; c++) {
          for (let i = 0; i < n; i++) {
            let v = B[ob + i * m + c]!;
            for (let k = 0; k < i; k++) v -= A[oa + i * n + k]! * B[ob + k * m + c]!;
            B[ob + i * m + c] = v / A[oa + i * n + i]!;
          }
          for (let i = n - 1; i >= 0; i--) {
            let v = B[ob + i * m + c]!;
            for (let k = i + 1; k < n; k++) v -= A[oa + k * n + i]! * B[ob + k * m + c]!;
            B[ob + i * m + c] = v / A[oa + i * n + i]!;
          }
        }
      }
      return out(backend, b.shape, Float32Array.from(B));
    },
  });
}
