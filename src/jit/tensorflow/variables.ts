import type { Call } from './graphDef';
import { text } from './protobuf';

/** Ops on variables that are resources, and those on variables that end with the run of a graph. */
const TEMPORARY: Readonly<Record<string, string>> = {
  VarHandleOp: 'TemporaryVariable',
  AssignVariableOp: 'Assign',
  ResourceApplyAdam: 'ApplyAdam',
  ReadVariableOp: 'DestroyTemporaryVariable',
};

/**
 * The variables of a graph. A resource would outlive its run; a temporary variable becomes the value that is read last, which must be the only
 * one. Ops that run one by one change a variable in their order, nodes in one that has to be said: each waits for the one before.
 */
export class Variables {
  /** Of each variable the node that changed it last. */
  private readonly changes = new Map<string, string>();

  /** A call as a node of this name. */
  asNode(name: string, call: Call): Call {
    const op = TEMPORARY[call.op];
    if (!op) return call;
    const { inputs, attrs } = call;
    if (op === 'TemporaryVariable') {
      const variable = `${name}:0`;
      this.changes.set(variable, name);
      const kept = attrs.filter(([attr]) => attr === 'dtype' || attr === 'shape');
      return { op, inputs, attrs: [...kept, ['var_name', text(2, variable)]] };
    }
    const variables = inputs.filter((input) => this.changes.has(input));
    const before = new Set(variables.map((variable) => `^${this.changes.get(variable)!}`));
    for (const variable of variables) this.changes.set(variable, name);
    const renamed = attrs.map(([attr, value]) => [attr === 'dtype' ? 'T' : attr, value] as const);
    const read = op === 'DestroyTemporaryVariable' ? [['var_name', text(2, inputs[0]!)] as const] : [];
    return { op, inputs: [...inputs, ...before], attrs: [...renamed, ...read] };
  }
}
