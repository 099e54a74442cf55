import { ruleOf } from '../core/rule';
import { layerKinds } from './layer';

/**
 * How a tensor depends on the parameters.
 *
 * weight: computed from parameters alone. frozen: likewise, but with no derivative. activation: behind a first layer; what happens to it is
 * a later layer's business, also where it meets data again (a graph's adjacency matrix).
 */
export type Role = 'weight' | 'frozen' | 'activation';

/** What a tensor is to the trace. */
export interface Part {
  readonly role: Role;
  /** Equal for equal weights: a layer that reshapes or normalises its weight at every call uses one weight all the same. */
  readonly key: number;
  /** Paths of the parameters that a weight is computed from. */
  readonly sources: readonly string[];
}

/** Kernels that are functions of their own, whose inside is not seen. Of a loop with a condition there is no reverse mode anyway. */
const OPAQUE = new Set(['CustomDerivative', 'customGrad', 'While']);

/** The role of a kernel's outputs; none where derivatives with respect to the parameters end. */
export function roleAfter(kernel: string, inputs: ReadonlySet<Role | 'data'>): Role | undefined {
  const isConstant = ruleOf(kernel)?.constant;
  if (inputs.has('activation')) return isConstant ? undefined : 'activation';
  if (inputs.has('data') && OPAQUE.has(kernel)) return 'activation';
  if (inputs.has('weight')) return isConstant ? 'frozen' : 'weight';
  // A frozen weight on data: features like any other data.
  return inputs.has('data') && layerKinds(kernel).length > 0 ? undefined : 'frozen';
}

const ORDER: readonly Role[] = ['frozen', 'weight', 'activation'];

/** What a result is that is one or the other. */
export function higher(a: Part | undefined, b: Part | undefined): Part | undefined {
  if (!a || !b) return a ?? b;
  return ORDER.indexOf(a.role) < ORDER.indexOf(b.role) ? b : a;
}
