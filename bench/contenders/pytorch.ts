import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Contender } from './contender';

/**
 * PyTorch on the CPU in a process of its own, which answers each line `model batch measure` with the milliseconds of one run. It takes part
 * where PYTHON (python3 by default) can import torch; with torch-tract installed, as `pytorch tract` too.
 */
export async function pytorch(threads: number): Promise<(Contender & { close(): void }) | string> {
  const python = process.env.PYTHON ?? 'python3';
  const worker: ChildProcess = spawn(python, ['bench/pytorch/worker.py', String(threads)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // Its threads must not spin while the others have their turn.
    env: { ...process.env, OMP_WAIT_POLICY: 'passive', KMP_BLOCKTIME: '0', GOMP_SPINCOUNT: '0' },
  });
  const errors: string[] = [];
  worker.stderr!.on('data', (text: Buffer) => errors.push(String(text)));
  worker.on('error', (error) => errors.push(error.message));
  const lines = createInterface({ input: worker.stdout! })[Symbol.asyncIterator]();
  const read = async (): Promise<string | undefined> => (await lines.next()).value as string | undefined;
  const hello = await read();
  if (!hello?.startsWith('ready'))
    return `PyTorch did not start with ${python}: ${errors.join('').trim().split('\n').at(-1)}`;
  return {
    name: `pytorch ${threads} thread${threads > 1 ? 's' : ''}`,
    prepare({ name, batch }, measure) {
      if (!hello.split(' ').includes(name)) return undefined;
      const body = async (): Promise<number> => {
        worker.stdin!.write(`${name} ${batch} ${measure}\n`);
        const answer = await read();
        if (answer === undefined) throw new Error(`bench/pytorch/worker.py ended: ${errors.join('')}`);
        return Number(answer);
      };
      return { body, dispose: () => {} };
    },
    close: () => worker.stdin!.end(),
  };
}
