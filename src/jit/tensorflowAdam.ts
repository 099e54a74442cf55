import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { Handle, NodeBackend, OpAttr } from '../core/nodeBackend';
import { callsOf, namedPass, transposed, type OnePassAttrs } from '../core/onePass';
import { provideKernel } from '../core/ownKernels';
import { ADAM_UPDATE } from './tensorflow';

/** TensorFlow's name for variables that end with their last handle. */
const ANONYMOUS = 'cd2c89b7-88b7-44c8-ad83-06c2a9158347';

/**
 * scaleByAdam by TensorFlow's own op, which takes one pass where its elementwise ops take eleven. The op changes variables in place: those of the
 * averages are copied from the tensors first, which TensorFlow does when an assigned tensor is held elsewhere, and the direction is what a
 * variable of zeros becomes; where there are parameters, one of those becomes their update. The op's correction for bias is left out (powers of
 * 0), since weight and floor have it.
 */
function adam(
  backend: NodeBackend,
  [g, m, v, params]: readonly TensorInfo[],
  [b1, , b2, , weight, , floor, , rate = 1]: readonly number[],
): TensorInfo[] {
  const { binding } = backend;
  const made: number[] = [];
  const type = (name: string): OpAttr => ({ name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT });
  const flag = (name: string): OpAttr => ({ name, type: binding.TF_ATTR_BOOL, value: false });
  const text = (name: string, value: string): OpAttr => ({ name, type: binding.TF_ATTR_STRING, value });
  const run = (op: string, attrs: OpAttr[], ids: readonly number[], outputs: number): Handle[] =>
    binding.executeOp(op, attrs, ids, outputs);
  const own = (id: number): number => {
    made.push(id);
    return id;
  };
  const idOf = (input: TensorInfo | number): number =>
    typeof input === 'number'
      ? own(binding.createTensor([], binding.TF_FLOAT, Float32Array.of(input)))
      : backend.getInputTensorIds([input])[0]!;
  const variable = (value: number): number => {
    const attrs = [
      type('dtype'),
      text('container', ''),
      text('shared_name', ANONYMOUS),
      { name: 'shape', type: binding.TF_ATTR_SHAPE, value: g!.shape },
    ];
    const id = own(run('VarHandleOp', attrs, [], 1)[0]!.id);
    run('AssignVariableOp', [type('dtype')], [id, value], 0);
    return id;
  };
  try {
    const gradient = idOf(g!);
    const zeros = params ? [] : run('ZerosLike', [type('T')], [gradient], 1);
    const start = params ? idOf(params) : zeros[0]!.id;
    const variables = [variable(start), variable(idOf(m!)), variable(idOf(v!))];
    // Nobody else holds the zeros then, and they are not copied.
    for (const { id } of zeros) binding.deleteTensor(id);
    const settings = [0, 0, -weight! * rate, b1!, b2!, floor!].map(idOf);
    const attrs = [type('T'), flag('use_locking'), flag('use_nesterov')];
    run('ResourceApplyAdam', attrs, [...variables, ...settings, gradient], 0);
    return variables.map((id) =>
      backend.createOutputTensor(run('ReadVariableOp', [type('dtype')], [id], 1)[0]!),
    );
  } finally {
    for (const id of made) binding.deleteTensor(id);
  }
}

const adamKernel: KernelFunc = ({ inputs, attrs, backend }) => {
  const node = backend as NodeBackend;
  const given = attrs as unknown as OnePassAttrs;
  const read = (value: TensorInfo | number): number =>
    typeof value === 'number' ? value : node.readSync(value.dataId)[0]!;
  const calls = callsOf(inputs as unknown as TensorInfo[], given, read);
  return transposed(
    calls.map((call) =>
      adam(node, call.slice(0, given.trees) as TensorInfo[], call.slice(given.trees) as number[]),
    ),
  );
};

/** Makes the primitive known to the backend, by itself and with the update of parameters, which a pass of jit makes of it. */
export function provideAdam(): void {
  for (const name of [namedPass('Adam'), ADAM_UPDATE])
    provideKernel(name, (backendName) => (backendName === 'tensorflow' ? adamKernel : undefined));
}
