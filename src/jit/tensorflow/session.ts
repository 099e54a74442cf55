import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { NodeBackend } from '../../core/nodeBackend';
import { onDescriptions } from '../nativeTensors';
import { savedModel, TAG } from './graphDef';
import type { Recorded } from './recording';

/** Modules of Node's, without which there is no tfjs-node; imported they would keep bundlers from pages. */
interface Modules {
  fs: {
    mkdtempSync(prefix: string): string;
    writeFileSync(path: string, content: Uint8Array): void;
    rmSync(path: string, options: { recursive: boolean }): void;
  };
  os: { tmpdir(): string };
}

/** @throws TypeError before Node 20.16 */
const moduleOf = <K extends keyof Modules>(name: K): Modules[K] =>
  (
    globalThis as unknown as { process: { getBuiltinModule(name: string): Modules[K] } }
  ).process.getBuiltinModule(name);

/** A graph that TensorFlow holds, simplified and ready to run. */
export class Session {
  private readonly id: number;
  private readonly inputs: string;
  private readonly outputs: string;

  /** @throws Error where TensorFlow does not take it */
  constructor(
    readonly backend: NodeBackend,
    { nodes, inputs, outputs }: Recorded,
  ) {
    // The addon takes outputs of nodes, with their number.
    this.inputs = inputs.map((name) => `${name}:0`).join();
    this.outputs = outputs.join();
    const { mkdtempSync, writeFileSync, rmSync } = moduleOf('fs');
    const folder = mkdtempSync(`${moduleOf('os').tmpdir()}/tfjs-tract-`);
    try {
      writeFileSync(`${folder}/saved_model.pb`, savedModel(nodes));
      this.id = backend.binding.loadSavedModel(folder, TAG);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** @throws Error where an op fails */
  readonly run = onDescriptions(({ inputs }) => {
    const { backend } = this;
    const ids = backend.getInputTensorIds(inputs as TensorInfo[]);
    return backend.binding
      .runSavedModel(this.id, ids, this.inputs, this.outputs)
      .map((handle) => backend.createOutputTensor(handle));
  });

  dispose(): void {
    this.backend.binding.deleteSavedModel(this.id);
  }
}
