import type { NodeBackend, OpAttr } from '../../core/nodeBackend';
import { bytes, float, joined, message, text, whole } from './protobuf';

/*
 * TensorFlow's graphs as it reads them: GraphDef, NodeDef, AttrValue, TensorProto in
 * https://github.com/tensorflow/tensorflow/tree/v2.15.1/tensorflow/core/framework, MetaGraphDef and SavedModel in ../protobuf there.
 */

type Types = NodeBackend['binding'];

/** What a node runs, on which values, and how: all but its name. */
export interface Call {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attrs: readonly (readonly [name: string, value: Uint8Array])[];
}

/** The fields of a TensorShapeProto. */
const dims = (shape: readonly number[]): Uint8Array[] => shape.map((n) => message(2, whole(1, n)));

/** What is said of an op that runs at once, as its node in a graph says it; undefined where that is not known here. */
export function attrOf(types: Types, { type, value }: OpAttr): Uint8Array | undefined {
  if (typeof value === 'string') return text(2, value);
  if (typeof value === 'boolean') return whole(5, Number(value));
  if (typeof value !== 'number') {
    if (type === types.TF_ATTR_SHAPE) return message(7, ...dims(value));
    return type === types.TF_ATTR_INT ? message(1, ...value.map((n) => whole(3, n))) : undefined;
  }
  if (type === types.TF_ATTR_TYPE) return whole(6, value);
  return type === types.TF_ATTR_FLOAT ? float(4, value) : whole(3, value);
}

export function nodeOf(name: string, { op, inputs, attrs }: Call): Uint8Array {
  const given = attrs.map(([attr, value]) => message(5, text(1, attr), bytes(2, value)));
  return message(1, text(1, name), text(2, op), ...inputs.map((input) => text(3, input)), ...given);
}

export function placeholder(name: string, dtype: number, shape: readonly number[]): Uint8Array {
  const attrs = [
    ['dtype', whole(6, dtype)],
    ['shape', message(7, ...dims(shape))],
  ] as const;
  return nodeOf(name, { op: 'Placeholder', inputs: [], attrs });
}

export function constant(
  name: string,
  dtype: number,
  shape: readonly number[],
  values: ArrayBufferView,
): Uint8Array {
  const content = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const tensor = message(8, whole(1, dtype), message(2, ...dims(shape)), bytes(4, content));
  const attrs = [
    ['dtype', whole(6, dtype)],
    ['value', tensor],
  ] as const;
  return nodeOf(name, { op: 'Const', inputs: [], attrs });
}

/** The version of ops that nodes are written in: one of 2022, which later ones read, too. */
const PRODUCER = 1087;

export const TAG = 'serve';

/** The file of a model with one graph and no variables. */
export function savedModel(nodes: readonly Uint8Array[]): Uint8Array {
  const graph = message(2, ...nodes, message(4, whole(1, PRODUCER)));
  return joined([whole(1, 1), message(2, message(1, text(4, TAG)), graph)]);
}
