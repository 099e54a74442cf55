import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Points the Vulkan loader at the driver that runs on the CPU, where no driver was chosen: scripts/setup/webgpu.sh installs it. */
function chooseDriver(): void {
  process.env.XDG_RUNTIME_DIR ??= mkdtempSync(join(tmpdir(), 'xdg-runtime-'));
  process.env.VK_ICD_FILENAMES ??= execFileSync(
    'sh',
    [
      '-c',
      `dpkg -L $(dpkg-query -W -f '\${Package}\\n' 'chromium*') 2>/dev/null | grep -m1 '/vk_swiftshader_icd.json$' || true`,
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  ).trim();
}

/**
 * Zeros in workgroup memory, which WGSL promises, the driver writes as one instruction for each number: compiling a shader with 16 KiB takes
 * more than a second with them, and 50 ms without. No shader here reads what it has not written.
 */
const dawnFlags = ['enable-dawn-features=disable_workgroup_init'];

let tick: () => void = () => {};
let isPumping = false;

let started: Promise<void> | undefined;

/** Makes WebGPU of Dawn, in native code, the `navigator.gpu` of this process: once, for all files that share it. */
export const startDawn = (): Promise<void> => (started ??= start());

/**
 * Dawn completes its promises from a function that it hands to `setImmediate`. It is remembered, so that {@link pump} can run it while
 * JavaScript waits: tests read tensors with `dataSync` as on the other backends, for which tfjs needs canvases.
 */
async function start(): Promise<void> {
  chooseDriver();
  const native = globalThis.setImmediate;
  const remembering = (callback: (...args: unknown[]) => void, ...args: unknown[]): unknown => {
    if (!/\[native code\]/.test(String(callback))) return native(callback, ...args);
    tick = callback;
    return isPumping ? undefined : native(() => callback());
  };
  globalThis.setImmediate = Object.assign(remembering, native) as typeof setImmediate;
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const value = { gpu: create(dawnFlags), userAgent: 'node' };
  Object.defineProperty(globalThis, 'navigator', { value, configurable: true, writable: true });
}

const clock = new Int32Array(new SharedArrayBuffer(4));

/** Lets Dawn make progress until `done`. */
export function pump(done: () => boolean): void {
  isPumping = true;
  for (let i = 0; !done(); i++) {
    if (i === 1e6) throw new Error('Dawn makes no progress.');
    tick();
    // The driver's threads want the processor too.
    if (i > 10) Atomics.wait(clock, 0, 0, 0.05);
  }
  isPumping = false;
  globalThis.setImmediate(tick);
}
