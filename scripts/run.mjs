// Child processes that can't hang the run: each has a time limit, at which it and all that it started are killed.
import { spawn } from 'node:child_process';

const running = new Set();
const killGroup = (pid) => {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
};
// A group of its own does not hear Ctrl-C.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    for (const pid of running) killGroup(pid);
    process.exit(1);
  });
}

/**
 * Runs a command.
 *
 * @param seconds time limit
 * @param show gets what it writes; without, that is shown at once
 * @returns {Promise<{ok: boolean, reason: string}>} where it failed, `reason` is the last line that it wrote on stderr, or the limit that it ran into
 */
export function run(command, args, { seconds, env = {}, show }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['inherit', show ? 'pipe' : 'inherit', 'pipe'],
      env: { ...process.env, ...env },
      detached: true,
    });
    let isLate = false;
    let tail = '';
    const tell = show ?? ((text) => process.stderr.write(text));
    child.stdout?.on('data', tell);
    child.stderr.on('data', (chunk) => {
      tell(chunk);
      tail = (tail + chunk).slice(-2000);
    });
    const timer = setTimeout(() => {
      isLate = true;
      tell(`${command} ${args.join(' ')}: still running after ${seconds} s, killed\n`);
      killGroup(child.pid);
    }, seconds * 1000);
    const end = (ok, reason) => {
      clearTimeout(timer);
      running.delete(child.pid);
      // What it left behind ends with it, and with that the pipe.
      if (child.pid) killGroup(child.pid);
      child.stdout?.destroy();
      child.stderr.destroy();
      resolve({ ok, reason: isLate ? `still running after ${seconds} s` : reason });
    };
    child.on('error', (error) => end(false, error.message));
    child.on('spawn', () => running.add(child.pid));
    child.on('exit', (status) =>
      // What is still in the pipe comes first.
      setTimeout(
        () => end(status === 0 && !isLate, tail.trim().split('\n').at(-1) || `exit status ${status}`),
        50,
      ),
    );
  });
}
