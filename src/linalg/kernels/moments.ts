import { accumulate, type Rows, type WideValues } from './host/moments';
import type { HostKernel, HostTensor } from '../../core/hostKernel';
import { stackOf } from './stack';

/** x^T x (or x x^T, with `ofRows`) for x `[..., b, n]`, in float64, onto `high` + `low` if given: see ../wide.ts. */
export const gram: HostKernel = {
  kernelName: 'TractGram',
  compute({ x, high, low }, { ofRows }) {
    const [count, b, n] = stackOf(x!);
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
      accumulate(rows, [{ sum, at: s * columns * columns }]);
    }
    return outputs(sum, shape);
  },
};

/** x^T (y + yLow) for x `[..., b, n]` and y `[..., b, m]`, likewise. */
export const product: HostKernel = {
  kernelName: 'TractProduct',
  compute({ x, y, yLow, high, low }) {
    const [count, b, n] = stackOf(x!);
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
      accumulate(left, [{ b: right, sum, at: s * n * m }]);
    }
    return outputs(sum, shape);
  },
};

/** [x^T x, x^T y] as pairs, likewise: `gramHigh` and `gramLow`, `high` and `low` are what they are added to. */
export const moments: HostKernel = {
  kernelName: 'TractMoments',
  compute({ x, y, gramHigh, gramLow, high, low }) {
    const [count, b, n] = stackOf(x!);
    const m = y!.shape.at(-1)!;
    const lead = x!.shape.slice(0, -2);
    const gramSum = startingAt(gramHigh, gramLow, count * n * n);
    const sum = startingAt(high, low, count * n * m);
    for (let s = 0; s < count; s++) {
      const [left, right] = [
        { values: x!.values, offset: s * b * n, depth: b, columns: n, transposed: false },
        { values: y!.values, offset: s * b * m, depth: b, columns: m, transposed: false },
      ];
      accumulate(left!, [
        { sum: gramSum, at: s * n * n },
        { b: right!, sum, at: s * n * m },
      ]);
    }
    return [...outputs(gramSum, [...lead, n, n]), ...outputs(sum, [...lead, n, m])];
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
