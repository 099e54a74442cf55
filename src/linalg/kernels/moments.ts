import { accumulate, type Rows, type WideValues } from './host/moments';
import { stackOf, type HostKernel, type HostTensor } from './hostKernel';

/** x^T x (or x x^T, with `ofRows`) for x `[..., b, n]`, in float64, onto `high` + `low` if given: see ../wide.ts. */
export const gram: HostKernel = {
  kernelName: 'TractGram',
  compute({ x, high, low }, { ofRows }) {
    const { count, n: b, m: n } = stackOf(x!);
    const [depth, columns] = ofRows ? [n, b] : [b, n];
    const shape = [...x!.shape.slice(0, -2), columns, columns];
    const sum = startingAt(high, low, count * columns * columns);
    for (let s = 0; s < count; s++) {
      const rows: Rows = {
        values: x!.values,
        offset: s * b * n,
        depth,
        columns,
        transposed: Boolean(ofRows),
      };
      accumulate(rows, undefined, sum, s * columns * columns);
    }
    return outputs(sum, shape);
  },
};

/** x^T (y + yLow) for x `[..., b, n]` and y `[..., b, m]`, likewise. */
export const product: HostKernel = {
  kernelName: 'TractProduct',
  compute({ x, y, yLow, high, low }) {
    const { count, n: b, m: n } = stackOf(x!);
    const m = y!.shape.at(-1)!;
    const shape = [...x!.shape.slice(0, -2), n, m];
    const sum = startingAt(high, low, count * n * m);
    for (let s = 0; s < count; s++) {
      const left: Rows = { values: x!.values, offset: s * b * n, depth: b, columns: n, transposed: false };
      const right: Rows = {
        values: y!.values,
        rest: yLow?.values,
        offset: s * b * m,
        depth: b,
        columns: m,
        transposed: false,
      };
      accumulate(left, right, sum, s * n * m);
    }
    return outputs(sum, shape);
  },
};

function startingAt(high: HostTensor | undefined, low: HostTensor | undefined, size: number): WideValues {
  return {
    high: high ? Float32Array.from(high.values) : new Float32Array(size),
    low: low ? Float32Array.from(low.values) : new Float32Array(size),
  };
}

function outputs({ high, low }: WideValues, shape: number[]): HostTensor[] {
  return [
    { shape, values: high },
    { shape, values: low! },
  ];
}
