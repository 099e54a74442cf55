import * as tf from '@tensorflow/tfjs-core';

interface Binding {
  executeOp(op: string, attrs: unknown[], ids: number[], outputs: number): { id: number }[];
  createTensor(...args: unknown[]): number;
  deleteTensor(id: number): void;
  loadSavedModel(...args: unknown[]): number;
  runSavedModel(...args: unknown[]): { id: number }[];
  deleteSavedModel(model: number): void;
}

interface Watched {
  /** Ops of TensorFlow that ran one by one. */
  readonly ops: string[];
  /** Graphs that ran. */
  readonly runs: number;
  /** Tensors of TensorFlow's that are left once all of tfjs's are gone. */
  readonly left: number;
  /** Graphs that are left. */
  readonly models: number;
}

/**
 * What a body does on TensorFlow, and leaves there.
 *
 * @param others in place of the addon's members
 */
export function watch(body: () => void, others: Partial<Binding> = {}): Watched {
  const backend = tf.backend() as unknown as { binding: Binding };
  const { binding } = backend;
  const ops: string[] = [];
  let [left, runs, models] = [0, 0, 0];
  // The addon's own properties are read-only.
  const counting: Binding = {
    executeOp(op, ...rest) {
      const handles = binding.executeOp(op, ...rest);
      ops.push(op);
      left += handles.length;
      return handles;
    },
    createTensor(...args) {
      left++;
      return binding.createTensor(...args);
    },
    deleteTensor(id) {
      left--;
      binding.deleteTensor(id);
    },
    loadSavedModel(...args) {
      models++;
      return binding.loadSavedModel(...args);
    },
    runSavedModel(...args) {
      const handles = binding.runSavedModel(...args);
      runs++;
      left += handles.length;
      return handles;
    },
    deleteSavedModel(model) {
      models--;
      binding.deleteSavedModel(model);
    },
    ...others,
  };
  backend.binding = Object.create(binding) as Binding;
  for (const [name, value] of Object.entries(counting)) {
    Object.defineProperty(backend.binding, name, { value });
  }
  try {
    tf.tidy(body);
  } finally {
    backend.binding = binding;
  }
  return { ops, runs, left, models };
}
