import * as tf from '@tensorflow/tfjs-core';

interface Binding {
  executeOp(op: string, attrs: unknown[], ids: number[], outputs: number): { id: number }[];
  createTensor(...args: unknown[]): number;
  deleteTensor(id: number): void;
}

/** The ops of TensorFlow that a body runs, and how many of TensorFlow's tensors it leaves once all of tfjs's are gone. */
export function watch(body: () => void): { ops: string[]; left: number } {
  const backend = tf.backend() as unknown as { binding: Binding };
  const { binding } = backend;
  const ops: string[] = [];
  let left = 0;
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
  return { ops, left };
}
