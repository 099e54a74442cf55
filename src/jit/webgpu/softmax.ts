import type { Equation, Var } from '../../core/program';
import type { Pass } from '../passes';

/** A softmax as e^(x - max x) over its sum, which rows join with what is before and behind it. */
export const softmax: Pass = (program) => ({
  ...program,
  equations: program.equations.flatMap((equation): Equation[] => {
    const [, x] = equation.inputs[0] ?? [];
    if (equation.kernel !== 'Softmax' || x!.dtype !== 'float32') return [equation];
    const [output] = equation.outputs as [Var];
    const wide = (): Var => ({ shape: output.shape, dtype: 'float32' });
    const narrow = (): Var => ({ shape: [...output.shape.slice(0, -1), 1], dtype: 'float32' });
    const [most, shifted, powers, total] = [narrow(), wide(), wide(), narrow()] as const;
    const last = [output.shape.length - 1];
    const call = (
      kernel: string,
      inputs: Record<string, Var>,
      result: Var,
      attrs: Equation['attrs'] = {},
    ): Equation => ({
      kernel,
      inputs: Object.entries(inputs),
      list: false,
      attrs,
      outputs: [result],
      many: false,
    });
    return [
      call('Max', { x: x! }, most, { reductionIndices: last, keepDims: true }),
      call('Sub', { a: x!, b: most }, shifted),
      call('Exp', { x: shifted }, powers),
      call('Sum', { x: powers }, total, { axis: last, keepDims: true }),
      call('RealDiv', { a: powers, b: total }, output),
    ];
  }),
});
