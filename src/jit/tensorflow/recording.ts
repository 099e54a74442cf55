import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Handle, NodeBackend, OpAttr } from '../../core/nodeBackend';
import { attrOf, constant, nodeOf, placeholder } from './graphDef';
import { quicker } from './quicker';
import { Variables } from './variables';

/** Ops as nodes of a graph, and the names of what goes in and comes out. */
export interface Recorded {
  readonly nodes: readonly Uint8Array[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Writes down the ops that a body runs on TensorFlow. */
class Recording {
  private readonly nodes: Uint8Array[] = [];
  /** Of values, by the ids of their handles. */
  private readonly names = new Map<number, string>();
  private readonly shapes = new Map<number, readonly number[]>();
  private readonly variables = new Variables();
  private isWhole = true;

  constructor(private readonly binding: NodeBackend['binding']) {}

  input(id: number, dtype: number, shape: readonly number[]): void {
    this.named(id, `x${this.names.size}`, shape);
    this.nodes.push(placeholder(this.names.get(id)!, dtype, shape));
  }

  /** The addon, whose ops and constants are written down. Whoever reads values may go by them, which a graph does not. */
  watched(): NodeBackend['binding'] {
    const { binding } = this;
    const own = {
      executeOp: (
        op: string,
        attrs: readonly OpAttr[],
        ids: readonly number[],
        outputs: number,
      ): Handle[] => {
        const handles = binding.executeOp(op, attrs, ids, outputs);
        this.op(op, attrs, ids, handles);
        return handles;
      },
      createTensor: (shape: readonly number[], dtype: number, values: Float32Array): number => {
        const id = binding.createTensor(shape, dtype, values);
        this.named(id, `c${this.nodes.length}`, shape);
        if (ArrayBuffer.isView(values)) this.nodes.push(constant(this.names.get(id)!, dtype, shape, values));
        else this.isWhole = false;
        return id;
      },
      tensorDataSync: (id: number): ArrayBufferView => {
        this.isWhole = false;
        return binding.tensorDataSync(id);
      },
    };
    const members = Object.entries(own).map(([name, value]) => [name, { value }] as const);
    // The addon's own properties can't be set.
    return Object.create(binding, Object.fromEntries(members)) as NodeBackend['binding'];
  }

  /** What led from the inputs to the outputs; undefined where not all of it is known. */
  end(inputs: readonly number[], outputs: readonly number[]): Recorded | undefined {
    const [given, found] = [this.namesOf(inputs), this.namesOf(outputs)];
    // What is fed can't be fetched.
    const isWhole =
      this.isWhole && found.length === outputs.length && !found.some((name) => given.includes(name));
    return isWhole ? { nodes: this.nodes, inputs: given, outputs: found } : undefined;
  }

  /** Of those that are known. */
  private namesOf(ids: readonly number[]): string[] {
    return ids.flatMap((id) => this.names.get(id) ?? []);
  }

  private named(id: number, name: string, shape: readonly number[]): void {
    this.names.set(id, name);
    this.shapes.set(id, shape);
  }

  private op(op: string, attrs: readonly OpAttr[], ids: readonly number[], handles: readonly Handle[]): void {
    const name = `y${this.nodes.length}`;
    const inputs = this.namesOf(ids);
    const known = attrs.flatMap((attr) => {
      const value = attrOf(this.binding, attr);
      return value ? [[attr.name, value] as const] : [];
    });
    if (inputs.length < ids.length || known.length < attrs.length) this.isWhole = false;
    const call = quicker(
      { op, inputs, attrs: known },
      ids.map((id) => this.shapes.get(id) ?? []),
    );
    this.nodes.push(nodeOf(name, this.variables.asNode(name, call)));
    handles.forEach(({ id, shape }, i) => this.named(id, `${name}:${i}`, shape));
  }
}

/**
 * Runs a body and writes down its ops, as a graph from inputs to its outputs.
 *
 * @param inputs no two of them the same tensor
 */
export function record(
  backend: NodeBackend,
  inputs: readonly TensorInfo[],
  body: () => TensorInfo[],
): { outputs: TensorInfo[]; recorded: Recorded | undefined } {
  const { binding } = backend;
  const recording = new Recording(binding);
  const ids = backend.getInputTensorIds([...inputs]);
  ids.forEach((id, i) => recording.input(id, backend.getDTypeInteger(inputs[i]!.dtype), inputs[i]!.shape));
  backend.binding = recording.watched();
  try {
    const outputs = body();
    return { outputs, recorded: recording.end(ids, backend.getInputTensorIds(outputs)) };
  } finally {
    backend.binding = binding;
  }
}
