const STATUS = { SIGINT: 130, SIGTERM: 143 } as const;

/** Within this time a second signal is the echo of the first: npm and tsx pass on what the terminal has already sent to everyone. */
const ECHO_MS = 500;

export interface Stop {
  readonly signal: AbortSignal;
  /** The exit status that tells the shell what happened: 128 + the signal's number, or 0 where none came. */
  readonly status: () => number;
  /** Gives the signals back to Node, which ends the process on them. */
  release(): void;
}

/** Turns the first Ctrl-C (or SIGTERM) into an abort that work may heed when it suits; a second one quits at once. */
export function stopOnSignal(onStop: () => void): Stop {
  const controller = new AbortController();
  let status = 0;
  let since = 0;
  const handlers = (['SIGINT', 'SIGTERM'] as const).map((name) => {
    const handle = () => {
      if (!controller.signal.aborted) {
        status = STATUS[name];
        since = performance.now();
        controller.abort();
        onStop();
      } else if (performance.now() - since > ECHO_MS) {
        process.exit(STATUS[name]);
      }
    };
    process.on(name, handle);
    return () => process.off(name, handle);
  });
  return {
    signal: controller.signal,
    status: () => status,
    release: () => handlers.forEach((remove) => remove()),
  };
}
