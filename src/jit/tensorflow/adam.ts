import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { Handle, NodeBackend, OpAttr } from '../../core/nodeBackend';
import { callsOf, transposed, type OnePassAttrs } from '../../core/onePass';

/** TensorFlow's name for variables that end with their last handle. */
const ANONYMOUS = 'cd2c89b7-88b7-44c8-ad83-06c2a9158347';

/**
 * scaleByAdam by TensorFlow's own op, which takes one pass where its elementwise ops take eleven. The op changes variables in place: those of the
 * averages are copied from the tensors first, which TensorFlow does when an assigned tensor is held elsewhere, and the direction is what a
 * variable of zeros becomes; where there are parameters, one of those becomes their update. The op's correction for bias is left out (powers of
 * 0), since weight and floor have it. No value is read, so that it can be part of a graph.
 */
export const adamKernel: KernelFunc = ({ inputs, attrs, backend: given }) => {
  const backend = given as NodeBackend;
  const { binding } = backend;
  const made: number[] = [];
  const own = (id: number): number => {
    made.push(id);
    return id;
  };
  const type = (name: string): OpAttr => ({ name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT });
  const flag = (name: string): OpAttr => ({ name, type: binding.TF_ATTR_BOOL, value: false });
  const text = (name: string, value: string): OpAttr => ({ name, type: binding.TF_ATTR_STRING, value });
  const run = (op: string, attr: OpAttr, ids: readonly number[]): Handle =>
    binding.executeOp(op, [attr], ids, 1)[0]!;
  const idOf = (input: TensorInfo | number): number =>
    typeof input === 'number'
      ? own(binding.createTensor([], binding.TF_FLOAT, Float32Array.of(input)))
      : backend.getInputTensorIds([input])[0]!;
  const variable = (shape: readonly number[], value: number): number => {
    const named = [type('dtype'), text('container', ''), text('shared_name', ANONYMOUS)];
    const ofShape = { name: 'shape', type: binding.TF_ATTR_SHAPE, value: shape };
    const id = own(binding.executeOp('VarHandleOp', [...named, ofShape], [], 1)[0]!.id);
    binding.executeOp('AssignVariableOp', [type('dtype')], [id, value], 0);
    return id;
  };
  const update = ([g, m, v, params]: readonly TensorInfo[], settings: readonly number[]): TensorInfo[] => {
    const gradient = idOf(g!);
    const zeros = params ? undefined : run('ZerosLike', type('T'), [gradient]).id;
    const start = variable(g!.shape, zeros ?? idOf(params!));
    // Nobody else holds the zeros then, and they are not copied.
    if (zeros !== undefined) binding.deleteTensor(zeros);
    const variables = [start, variable(m!.shape, idOf(m!)), variable(v!.shape, idOf(v!))];
    const flags = [type('T'), flag('use_locking'), flag('use_nesterov')];
    binding.executeOp('ResourceApplyAdam', flags, [...variables, ...settings, gradient], 0);
    return variables.map((id) => backend.createOutputTensor(run('ReadVariableOp', type('dtype'), [id])));
  };
  try {
    const onePass = attrs as unknown as OnePassAttrs;
    const calls = callsOf<TensorInfo, TensorInfo | number>(inputs as never, onePass, (value) => value);
    const [b1, , b2, , weight, , floor, , rate = 1] = calls[0]!.slice(onePass.trees);
    const product = (a: number, b: number): number => own(run('Mul', type('T'), [a, b]).id);
    const step = product(product(idOf(weight!), idOf(rate)), idOf(-1));
    const settings = [idOf(0), idOf(0), step, ...[b1, b2, floor].map((value) => idOf(value!))];
    return transposed(calls.map((call) => update(call.slice(0, onePass.trees) as TensorInfo[], settings)));
  } finally {
    for (const id of made) binding.deleteTensor(id);
  }
};
