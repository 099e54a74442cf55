import type { TensorInfo } from '@tensorflow/tfjs-core';
import { goesByShapeOfData } from '../../core/movedData';
import type { NodeBackend } from '../../core/nodeBackend';
import { namedPass } from '../../core/onePass';
import { provideKernel } from '../../core/ownKernels';
import type { Equation, Program } from '../../core/program';
import type { BareKernel } from '../../core/rule';
import type { Device } from '../device';
import {
  aliases,
  broadcasts,
  commonSubexpressions,
  deadCode,
  fusion,
  transposes,
  type Pass,
} from '../passes';
import { adamKernel } from './adam';
import { ADAM_UPDATE, adamUpdates } from './adamUpdates';
import type { Graph } from './graph';
import { GRAPH, graphs } from './graphs';
import { inTheirShapes } from './shapes';

type Compile = (program: Program) => BareKernel;

/**
 * Transpositions are flags of products, whole broadcast values are not made, Adam is one call with what follows it, and calls in a row are
 * graphs.
 */
export const fusedForTensorFlow: Pass = (program) =>
  [transposes, aliases, commonSubexpressions, broadcasts, fusion, deadCode, adamUpdates, graphs].reduce(
    (before, pass) => pass(before),
    program,
  );

/** The graphs of a program. */
export function graphsOf({ equations }: Program): Graph[] {
  return equations.flatMap(({ kernel, attrs }) => (kernel === GRAPH ? [attrs.graph as Graph] : []));
}

/** Compiles a program for a backend, which may need its inputs in other shapes. */
export const compiledFor = (program: Program, device: Device, compile: Compile): BareKernel =>
  goesByShapeOfData(device.name) ? inTheirShapes(program, device, compile) : compile(program);

/** @returns undefined where the call is no graph */
export function graphRunner(
  { kernel, attrs }: Equation,
  compile: Compile,
): ((call: { inputs: unknown; backend: object }) => TensorInfo[]) | undefined {
  if (kernel !== GRAPH) return undefined;
  const graph = attrs.graph as Graph;
  const each = compile(graph.program);
  return ({ inputs, backend }) => graph.run(inputs as TensorInfo[], backend as NodeBackend, each);
}

/** Makes Adam known to the backend, by itself and with the update of parameters, which a pass of jit makes of it. */
export function provideAdam(): void {
  for (const name of [namedPass('Adam'), ADAM_UPDATE])
    provideKernel(name, (backendName) => (backendName === 'tensorflow' ? adamKernel : undefined));
}
