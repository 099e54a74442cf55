import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Learned } from './learner';
import { decodeSafeTensors, encodeSafeTensors } from './safetensors';
import { restoreTree, storeTree } from './storedTree';
import { Failure } from '../shared/failure';

/** Where a run stands, apart from its tensors. */
export interface Position {
  /** Steps made. */
  readonly step: number;
  /** Sum of the losses of the epoch in progress. */
  readonly lossSum: number;
  /** Seconds of training so far. */
  readonly seconds: number;
  /** Bytes of the metrics file that belong to the steps made. */
  readonly metricsLength: number;
}

/** What decides a run's numbers: another value makes another run. */
export type Settings = Readonly<Record<string, unknown>>;

export interface Checkpoint {
  readonly learned: Learned;
  readonly position: Position;
  readonly settings: Settings;
}

/**
 * Replaces a checkpoint in one go: whoever reads the file, after a crash or a kill at any moment, finds either the old one or the new one,
 * whole. The tensors are parameters, state, optimizer's state and random key, so that the run goes on as if nothing had happened.
 */
export async function saveCheckpoint(
  file: string,
  { learned, position, settings }: Checkpoint,
): Promise<void> {
  const bytes = encodeSafeTensors({
    tensors: storeTree(learned),
    metadata: { position: JSON.stringify(position), settings: JSON.stringify(settings) },
  });
  const part = `${file}.part`;
  const handle = await open(part, 'w');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, file);
  const folder = await open(dirname(file), 'r');
  await folder.sync().finally(() => folder.close());
}

/**
 * The checkpoint in a file, or undefined where there is none.
 *
 * @param like parameters and so on as they are at the start of such a run
 * @throws Failure where the file is damaged (with the offset) or belongs to a run with other settings (with their names)
 */
export async function loadCheckpoint(
  file: string,
  like: Learned,
  settings: Settings,
): Promise<{ learned: Learned; position: Position } | undefined> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new Failure(`${file}: can't be read (${error.code ?? error.message}).`);
  });
  if (!bytes) return undefined;
  const { tensors, metadata } = decodeSafeTensors(bytes, file);
  const { position, settings: saved } = metadata;
  if (position === undefined || saved === undefined)
    throw new Failure(`${file}: at offset 8: its metadata do not say where the training stood.`);
  const others = differences(JSON.parse(saved) as Settings, settings);
  if (others.length > 0) throw new Failure(`${file} belongs to another run: ${others.join(', ')}.`);
  return { learned: restoreTree(like, tensors, file), position: JSON.parse(position) as Position };
}

function differences(saved: Settings, now: Settings): string[] {
  const names = [...new Set([...Object.keys(saved), ...Object.keys(now)])].sort();
  return names
    .filter((name) => JSON.stringify(saved[name]) !== JSON.stringify(now[name]))
    .map((name) => `its ${name} is ${JSON.stringify(saved[name])}, not ${JSON.stringify(now[name])}`);
}
