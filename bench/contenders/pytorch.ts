import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { wallClock } from '../support/alternate';
import { MEASURES, type Contender, type Measure } from './contender';

/**
 * PyTorch on the CPU in a process of its own, which answers each line `model batch measure kind` with the milliseconds of one run: as most
 * write it, with the fused kernel for Adam, and with the first layer wrapped by the official torch-tract.
 *
 * @returns the contenders, or why there are none. PyTorch takes part where PYTHON (python3 by default) can import torch, its TrAct
 *   where that can import torch_tract (pip install torch-tract)
 */
export async function pytorch(
  threads: number,
  clock = wallClock,
): Promise<{ contenders: Contender[]; missing?: string; close(): void } | string> {
  const python = process.env.PYTHON ?? 'python3';
  const worker: ChildProcess = spawn(
    python,
    ['bench/pytorch/worker.py', String(threads), clock === wallClock ? 'wall' : 'processor'],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      // Its threads must not spin while the others have their turn.
      env: { ...process.env, OMP_WAIT_POLICY: 'passive', KMP_BLOCKTIME: '0', GOMP_SPINCOUNT: '0' },
    },
  );
  const errors: string[] = [];
  worker.stderr!.on('data', (text: Buffer) => errors.push(String(text)));
  worker.on('error', (error) => errors.push(error.message));
  const lines = createInterface({ input: worker.stdout! })[Symbol.asyncIterator]();
  const read = async (): Promise<string | undefined> => (await lines.next()).value as string | undefined;
  const hello = await read();
  if (!hello?.startsWith('ready'))
    return `PyTorch did not start with ${python}: ${errors.join('').trim().split('\n').at(-1)}`;

  const [models, wrapped] = hello
    .slice('ready'.length)
    .split('|')
    .map((part) => part.trim().split(' ').filter(Boolean));
  const contender = (
    name: string,
    kind: string,
    known: string[],
    measures: readonly Measure[],
  ): Contender => ({
    name: `${name} ${threads} thread${threads > 1 ? 's' : ''}`,
    prepare({ name: model, batch }, measure) {
      if (!known.includes(model) || !measures.includes(measure)) return undefined;
      const body = async (): Promise<number> => {
        worker.stdin!.write(`${model} ${batch} ${measure} ${kind}\n`);
        const answer = await read();
        if (answer === undefined) throw new Error(`bench/pytorch/worker.py ended: ${errors.join('')}`);
        if (answer.startsWith('error')) throw new Error(answer.slice('error '.length));
        return Number(answer);
      };
      return { body, dispose: () => {} };
    },
  });
  return {
    contenders: [
      contender('pytorch', 'plain', models!, MEASURES),
      contender('pytorch fused', 'fused', models!, ['step']),
      ...(wrapped!.length > 0 ? [contender('torch-tract', 'tract', wrapped!, ['gradient', 'step'])] : []),
    ],
    ...(wrapped!.length === 0 && { missing: `torch-tract is missing in ${python}: pip install torch-tract` }),
    close: () => void worker.stdin!.end(),
  };
}
