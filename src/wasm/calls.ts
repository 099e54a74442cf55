import { assembleCalls } from './assembler';

type Exported = (...args: number[]) => void;

/** A call of a function that some module exports. */
export interface Call {
  readonly run: Exported;
  readonly args: readonly number[];
}

let recorded: Call[] | undefined;

/** The calls that `body` makes of functions of memory modules and by `invoke`, in order. None of them runs. */
export function callsOf(body: () => void): Call[] {
  const before = recorded;
  const calls: Call[] = (recorded = []);
  try {
    body();
  } finally {
    recorded = before;
  }
  return calls;
}

export const isRecording = (): boolean => recorded !== undefined;

export function invoke(run: Exported, args: readonly number[]): void {
  if (recorded) recorded.push({ run, args: args.slice() });
  else run(...args);
}

/** Functions that write down how they are called. */
export function recording(exports: WebAssembly.Exports): WebAssembly.Exports {
  const entries = Object.entries(exports) as [string, Exported][];
  return Object.fromEntries(
    entries.map(([name, run]) => [name, (...args: number[]) => void recorded!.push({ run, args })]),
  );
}

/** Calls as one function: a way from JavaScript to WebAssembly takes as long as a small call itself. */
export function inOne(calls: readonly Call[]): () => void {
  const runs = [...new Set(calls.map(({ run }) => run))];
  const parameters = runs.map((run) => run.length);
  const indexed = calls.map(({ run, args }) => [runs.indexOf(run), args] as const);
  const module = new WebAssembly.Module(assembleCalls(parameters, indexed));
  const host = Object.fromEntries(runs.map((run, i) => [String(i), run]));
  return new WebAssembly.Instance(module, { host }).exports.run as () => void;
}
