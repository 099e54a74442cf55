import type { KernelConfig, KernelFunc, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { onBackend, type HostKernel } from './hostKernel';

/** A tensor of TensorFlow's, of any of its types. */
interface Handle {
  id: number;
  shape: number[];
  dtype: number;
}

interface OpAttr {
  name: string;
  type: number;
  value: boolean | number;
}

/** Members of tfjs-node's backend that its own kernels use too. */
interface NodeBackend {
  binding: {
    TF_ATTR_TYPE: number;
    TF_ATTR_BOOL: number;
    TF_FLOAT: number;
    createTensor(shape: number[], dtype: number, values: Int32Array): number;
    executeOp(op: string, attrs: OpAttr[], ids: number[], outputs: number): Handle[];
    deleteTensor(id: number): void;
  };
  getInputTensorIds(inputs: TensorInfo[]): number[];
  createOutputTensor(handle: Handle): TensorInfo;
}

// TensorFlow's DT_DOUBLE, which tfjs-node does not name, and DT_INT32.
const DOUBLE = 2;
const INT32 = 3;

/** TensorFlow's ops on values in float64, which tfjs has no type for. All handles made are freed at the end, except those handed out. */
class Session {
  private readonly made = new Set<number>();

  constructor(private readonly backend: NodeBackend) {}

  /** The input in float64. */
  double(input: TensorInfo): number {
    const [id] = this.backend.getInputTensorIds([input]) as [number];
    return this.cast(id, this.backend.binding.TF_FLOAT, DOUBLE);
  }

  lastAxis(): number {
    const id = this.backend.binding.createTensor([], INT32, Int32Array.of(-1));
    this.made.add(id);
    return id;
  }

  op(name: string, ids: number[], attrs: Record<string, boolean | number> = {}): number {
    return this.execute(name, ids, { T: DOUBLE, ...attrs }, 1)[0]!.id;
  }

  execute(name: string, ids: number[], attrs: Record<string, boolean | number>, outputs: number): Handle[] {
    const { binding } = this.backend;
    const opAttrs = Object.entries(attrs).map(([attr, value]) => ({
      name: attr,
      type: typeof value === 'boolean' ? binding.TF_ATTR_BOOL : binding.TF_ATTR_TYPE,
      value,
    }));
    const handles = binding.executeOp(name, opAttrs, ids, outputs);
    for (const { id } of handles) this.made.add(id);
    return handles;
  }

  /** The value rounded to float32, as the output of a kernel. */
  single(id: number): TensorInfo {
    const { TF_FLOAT } = this.backend.binding;
    const [handle] = this.execute('Cast', [id], { SrcT: DOUBLE, DstT: TF_FLOAT, Truncate: false }, 1);
    return this.handOut(handle!);
  }

  handOut(handle: Handle): TensorInfo {
    this.made.delete(handle.id);
    return this.backend.createOutputTensor(handle);
  }

  end(): void {
    for (const id of this.made) this.backend.binding.deleteTensor(id);
    this.made.clear();
  }

  private cast(id: number, from: number, to: number): number {
    return this.execute('Cast', [id], { SrcT: from, DstT: to, Truncate: false }, 1)[0]!.id;
  }
}

type Inputs = Record<string, TensorInfo>;
type Compute = (session: Session, inputs: Inputs, attrs: NamedAttrMap) => TensorInfo | TensorInfo[];

/** TensorFlow leaves the finite entries of a factor that has others, or an infinite pivot: spoil the whole matrix. */
function factor(session: Session, a: number): number {
  const l = session.op('Cholesky', [a]);
  const last = session.lastAxis();
  const trace = session.op('Sum', [session.op('MatrixDiagPart', [l]), last], {
    Tidx: INT32,
    keep_dims: true,
  });
  const zeroOrNaN = session.op('ExpandDims', [session.op('Sub', [trace, trace]), last], { Tdim: INT32 });
  return session.op('AddV2', [l, zeroOrNaN]);
}

const substitute = (session: Session, l: number, b: number, lower: boolean, adjoint: boolean): number =>
  session.op('MatrixTriangularSolve', [l, b], { lower, adjoint });

const native: Record<string, Compute> = {
  TractCholesky: (session, { a }) => session.single(factor(session, session.double(a!))),

  TractCholeskySolve: (session, { a, b }) => {
    const l = factor(session, session.double(a!));
    const y = substitute(session, l, session.double(b!), true, false);
    return session.single(substitute(session, l, y, true, true));
  },

  TractSolve: (session, { a, b }) =>
    session.single(session.op('MatrixSolve', [session.double(a!), session.double(b!)], { adjoint: false })),

  TractTriangularSolve: (session, { a, b }, { lower, transpose, unitDiagonal }) => {
    const given = session.double(a!);
    const triangle = unitDiagonal ? withUnitDiagonal(session, given) : given;
    const x = substitute(session, triangle, session.double(b!), Boolean(lower), Boolean(transpose));
    return session.single(x);
  },

  TractLU: (session, { a }) => {
    const attrs = { T: DOUBLE, output_idx_type: INT32 };
    const [lu, permutation] = session.execute('Lu', [session.double(a!)], attrs, 2) as [Handle, Handle];
    return [session.single(lu.id), session.handOut(permutation)];
  },
};

function withUnitDiagonal(session: Session, a: number): number {
  const diagonal = session.op('MatrixDiagPart', [a]);
  return session.op('MatrixSetDiag', [a, session.op('OnesLike', [diagonal])]);
}

/**
 * The kernel for tfjs-node, by TensorFlow's own op in float64. What TensorFlow refuses (a singular matrix, one that is not positive
 * definite, no matrix at all) is computed on the host, where such a matrix of a stack spoils only itself.
 */
export function onTensorFlow(kernel: HostKernel): KernelConfig {
  const host = onBackend(kernel, 'tensorflow');
  const compute = native[kernel.kernelName]!;
  const kernelFunc: KernelFunc = (call) => {
    const inputs = call.inputs as Inputs;
    if (Object.values(inputs).some(({ shape }) => shape.includes(0))) return host.kernelFunc(call);
    const session = new Session(call.backend as NodeBackend);
    try {
      return compute(session, inputs, call.attrs ?? {});
    } catch {
      return host.kernelFunc(call);
    } finally {
      session.end();
    }
  };
  return { ...host, kernelFunc };
}
