import type { Equation, Program, Var } from '../../core/program';
import type { Aval } from '../../core/rule';

/**
 * Where what the pullbacks of branches read goes, so that all branches give and take the same: operands are there already, and values of
 * equal shape and type of different branches share a slot.
 */
export class BranchResiduals {
  /** Operands that are read, by position among the forward branches' inputs. */
  readonly positions: number[] = [];
  private readonly operands: Var[] = [];
  private readonly values: Var[] = [];
  /** For each branch and each of its residuals: among operands or values, which. */
  private readonly places: { isOperand: boolean; at: number }[][];

  /** @param count how many of the forward branches' outputs come before the residuals */
  constructor(
    forward: readonly Program[],
    private readonly count: number,
  ) {
    this.places = forward.map(({ inputs, outputs }) => {
      const used = new Set<number>();
      return outputs.slice(count).map((v) => {
        const position = inputs.indexOf(v);
        return position >= 0
          ? { isOperand: true, at: this.operandAt(position, v) }
          : { isOperand: false, at: this.slotFor(v, used) };
      });
    });
  }

  /** A forward branch that fills every slot, with zeros where it has no value for one. */
  given(program: Program, branch: number): Program {
    const filled = new Map<number, Var>();
    this.places[branch]!.forEach(({ isOperand, at }, k) => {
      if (!isOperand) filled.set(at, program.outputs[this.count + k]!);
    });
    const padding: Equation[] = [];
    const values = this.values.map((value, at) => filled.get(at) ?? zero(value, padding));
    return {
      ...program,
      equations: [...program.equations, ...padding],
      outputs: [...program.outputs.slice(0, this.count), ...values],
    };
  }

  /** A backward branch that takes all operands and slots in place of its own residuals, which come after its first `constants` inputs. */
  taken(program: Program, branch: number, constants: number): Program {
    const places = this.places[branch]!;
    const operands = this.operands.map(copy);
    const values = this.values.map(copy);
    const names = new Map(
      places.map(({ isOperand, at }, k) => [
        program.inputs[constants + k]!,
        (isOperand ? operands : values)[at]!,
      ]),
    );
    const rename = (v: Var): Var => names.get(v) ?? v;
    return {
      ...program,
      inputs: [
        ...program.inputs.slice(0, constants),
        ...operands,
        ...values,
        ...program.inputs.slice(constants + places.length),
      ],
      equations: program.equations.map((equation) => ({
        ...equation,
        inputs: equation.inputs.map(([name, v]) => [name, rename(v)] as const),
      })),
      outputs: program.outputs.map(rename),
    };
  }

  private operandAt(position: number, v: Var): number {
    const known = this.positions.indexOf(position);
    if (known >= 0) return known;
    this.operands.push(v);
    return this.positions.push(position) - 1;
  }

  private slotFor(v: Var, used: Set<number>): number {
    let at = this.values.findIndex(
      (value, i) => !used.has(i) && value.dtype === v.dtype && String(value.shape) === String(v.shape),
    );
    if (at < 0) at = this.values.push(copy(v)) - 1;
    used.add(at);
    return at;
  }
}

function copy({ shape, dtype }: Aval): Var {
  return { shape, dtype };
}

/** A new value that is zero everywhere, and the equation that makes it. */
export function zero({ shape, dtype }: Aval, equations: Equation[]): Var {
  const output: Var = { shape, dtype };
  const attrs = { shape: shape.slice(), value: 0, dtype };
  equations.push({ kernel: 'Fill', inputs: [], list: false, attrs, outputs: [output], many: false });
  return output;
}
