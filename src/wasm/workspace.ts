import type { DataType, TensorInfo, TypedArray } from '@tensorflow/tfjs-core';
import { canWorkIn } from './blocks';
import type { WasmBackend } from './memory';

/** Where a value lies in a workspace: the id of its data there. */
export interface Place {
  readonly memoryOffset: number;
}

const pageBytes = 2 ** 16;
/** Vectors are aligned to their size, and reads go a few bytes beyond a value: see blocks.ts. */
const alignment = 16;
const slack = 64;

export const aligned = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;

/** Bytes that an element takes, in a workspace as on the wasm backend. */
export const bytesPer = (dtype: DataType): number => (dtype === 'bool' ? 1 : 4);

/**
 * A memory of our own, in the form of the wasm backend's, for a backend whose tensors are JavaScript's own arrays: kernels of memory.ts find there what
 * was copied in, and leave what is copied out. Values last for one use.
 */
export class Workspace implements WasmBackend {
  readonly memory = new WebAssembly.Memory({ initial: 1 });
  readonly wasm = { asm: { memory: this.memory } };
  readonly dataIdMap = { get: (dataId: object) => dataId as Place };
  private top = 0;
  private places: readonly number[] = [];
  private placed = 0;

  /** Starts anew, with room for so many bytes that the user divides up. */
  begin(bytes = 0): void {
    this.place([], 0);
    this.take(bytes);
  }

  /** Says where the next outputs are to be. What else is asked for comes behind the bytes given to `begin`. */
  place(addresses: readonly number[], bytes: number): void {
    this.places = addresses;
    this.placed = 0;
    this.top = bytes;
  }

  makeOutput(shape: readonly number[], dtype: DataType): TensorInfo {
    const memoryOffset = this.places[this.placed++] ?? this.take(sizeOf(shape) * bytesPer(dtype));
    return { dataId: { memoryOffset } satisfies Place, shape: shape as number[], dtype };
  }

  /** All goes at once, when the workspace begins anew. */
  disposeData(): void {}

  /** A value, until the memory grows. */
  view({ memoryOffset }: Place, shape: readonly number[], dtype: DataType): TypedArray {
    const size = sizeOf(shape);
    if (dtype === 'bool') return new Uint8Array(this.memory.buffer, memoryOffset, size);
    const Values = dtype === 'int32' ? Int32Array : Float32Array;
    return new Values(this.memory.buffer, memoryOffset, size);
  }

  private take(bytes: number): number {
    const address = this.top;
    this.top += aligned(bytes);
    const missing = this.top + slack - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / pageBytes));
    return address;
  }
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** For a use, for a use within it, and so on. */
const spaces: WeakRef<Workspace>[] = [];
let depth = 0;

/**
 * Runs `use` with a workspace that nobody else uses meanwhile. There is one for all, and another for a use within a use: each as large as the
 * largest use needed. Programs that ran in it hold it until they are disposed, and with none it goes with the next garbage collection.
 */
export function withWorkspace<T>(use: (space: Workspace) => T): T {
  let space = spaces[depth]?.deref();
  if (!space) spaces[depth] = new WeakRef((space = new Workspace()));
  depth++;
  try {
    return use(space);
  } finally {
    depth--;
  }
}

/** Whether there can be any: WebAssembly with SIMD instructions, which policies of a page can forbid. */
export function hasWorkspace(): boolean {
  supported ??= typeof WebAssembly === 'object' && canWorkIn(new Workspace());
  return supported;
}
let supported: boolean | undefined;
