import type { NodeBackend } from '../../core/nodeBackend';
import { engine } from '../../core/engine';
import type { Equation, Program, Var } from '../../core/program';
import { namedPass } from '../../core/onePass';
import { grouped } from '../passes/grouped';
import type { Pass } from '../passes/pass';
import { ADAM_UPDATE } from './adamUpdates';
import { Graph } from './graph';

export const GRAPH = 'TractGraph';

/** Kernels of tfjs-node, and of ours there, that run TensorFlow's ops whatever the values are, and can't fail by them. */
const KERNELS = new Set([
  namedPass('Adam'),
  ADAM_UPDATE,
  ...(
    'Abs Add AddN All Any ArgMax ArgMin AvgPool AvgPoolGrad BatchMatMul BatchNorm BatchNormGrad Cast Ceil ClipByValue Concat Conv2D ' +
    'Conv2DBackpropFilter Conv2DBackpropInput Cos Cumsum DepthwiseConv2dNative DepthwiseConv2dNativeBackpropFilter ' +
    'DepthwiseConv2dNativeBackpropInput Elu EluGrad Equal Erf Exp Expm1 Floor FusedConv2D FusedDepthwiseConv2D Greater GreaterEqual ' +
    'IsFinite IsInf IsNan LeakyRelu Less LessEqual Log Log1p LogSoftmax LogicalAnd LogicalNot LogicalOr Max MaxPool MaxPoolGrad Maximum ' +
    'Mean Min Minimum MirrorPad Multiply Neg NotEqual OneHot OnesLike Pack PadV2 Pow Prelu Prod RealDiv Reciprocal Relu Relu6 ReluGrad ' +
    'Reshape Reverse Round Rsqrt Select Selu Sigmoid Sign Sin Sinh Slice Softmax Softplus Sqrt Square SquaredDifference Step StridedSlice ' +
    'Sub Sum Tan Tanh Tile TractGram TractMoments TractProduct Transpose Unpack ZerosLike _FusedMatMul'
  ).split(' '),
]);

const TYPES = new Set<string>(['float32', 'int32', 'bool']);

/** A graph of fewer calls costs more than it saves. */
const FEWEST = 8;

function canJoin({ kernel, inputs, outputs }: Equation): boolean {
  return (
    KERNELS.has(kernel) && [...inputs.map(([, v]) => v), ...outputs].every(({ dtype }) => TYPES.has(dtype))
  );
}

/** Makes graphs of calls that follow each other. On a GPU a graph would take its inputs from the host. */
export const graphs: Pass = (program) => {
  if ((engine().backend as unknown as NodeBackend).isUsingGpuDevice) return program;
  const equations: Equation[] = [];
  let calls: Equation[] = [];
  let made = new Set<Var>();
  const flush = (): void => {
    equations.push(...(calls.length < FEWEST ? calls : [graphOf(calls, program)]));
    calls = [];
    made = new Set();
  };
  for (const equation of program.equations) {
    if (canJoin(equation)) {
      calls.push(equation);
      for (const v of equation.outputs) made.add(v);
    } else {
      // What reads nothing of the graph may come before it.
      if (equation.inputs.some(([, v]) => made.has(v))) flush();
      equations.push(equation);
    }
  }
  flush();
  return { ...program, equations };
};

function graphOf(calls: readonly Equation[], program: Program): Equation {
  const group = grouped(GRAPH, calls, program);
  const inputs = group.inputs.map(([, v]) => v);
  const graph = new Graph({ inputs, constants: new Map(), equations: calls, outputs: group.outputs });
  return { ...group, attrs: { graph } };
}
