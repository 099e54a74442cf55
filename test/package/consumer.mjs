// A project that has installed the packed package, as a user would have it.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const installed = [
  '@tensorflow',
  '@types',
  'fast-check',
  'pure-rand',
  'seedrandom',
  '@webgpu',
  'typescript',
  'long',
];

/** Packs the built package; returns the tarball's path. */
export function pack(folder) {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(execFileSync('npm', args, { cwd: root, encoding: 'utf8' }));
  return join(folder, filename);
}

/**
 * A fresh folder with `node_modules/tfjs-tract` unpacked from the tarball and the peers linked beside it.
 * The tarball is $TFJS_TRACT_TARBALL, or packed from dist/ as it is.
 */
export function createConsumer() {
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-tract-user-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const tarball = process.env.TFJS_TRACT_TARBALL ?? pack(folder);

  const modules = join(folder, 'node_modules');
  const target = join(modules, 'tfjs-tract');
  mkdirSync(target, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', target, '--strip-components=1']);
  for (const name of installed) {
    const source = join(root, 'node_modules', name);
    if (existsSync(source)) symlinkSync(source, join(modules, name));
  }
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'user', private: true, type: 'module' }),
  );

  return {
    folder,
    write(name, text) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    },
    /** Runs a command in the folder, its output shown; where it fails, so does this process. */
    exec(command, args) {
      const { status } = spawnSync(command, args, { cwd: folder, stdio: 'inherit' });
      if (status !== 0) process.exit(status ?? 1);
    },
  };
}

export const bin = (name) => join(root, 'node_modules', '.bin', name);

/** The same program for each way of loading: first and second derivative of x tanh(x), and the testing entry. */
export const program = `
async function main() {
  await tf.setBackend('cpu');
  const near = (got, want) => {
    if (!(Math.abs(got - want) < 1e-4)) throw new Error('got ' + got + ', expected ' + want);
  };
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const f = (p) => tf.mul(p.x, tf.tanh(p.x));
    const first = (x) => grad(f)({ x }).x;
    near(first(tf.scalar(0.5)).dataSync()[0], 0.855341);
    near(grad(first)(tf.scalar(0.5)).dataSync()[0], 1.209464);
    if (typeof testing.checkGrads !== 'function') throw new Error('tfjs-tract/testing has no checkGrads');
  });
  if (tf.memory().numTensors !== before) throw new Error('tensors left: ' + (tf.memory().numTensors - before));
}
main().catch((error) => { console.error(error); process.exitCode = 1; });
`;
