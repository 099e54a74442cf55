// Bundles a benchmark and runs it. tfjs-core's gradients, with which these compare, can't be imported in plain Node.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const [file, ...args] = process.argv.slice(2);
if (!file) {
  console.error('usage: node bench/run.mjs bench/<file>.ts [arguments]');
  process.exit(2);
}
const outfile = join('.cache', 'bench', `${basename(file, '.ts')}.mjs`);
mkdirSync(join('.cache', 'bench'), { recursive: true });
await build({
  entryPoints: [file],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  mainFields: ['module', 'main'],
  ignoreAnnotations: true,
  external: ['@jax-js/jax', 'webgpu'],
  logLevel: 'error',
  banner: {
    js: "import { createRequire as __r } from 'node:module'; const require = __r(process.cwd() + '/package.json'); const __filename = ''; const __dirname = process.cwd();",
  },
});
const { status } = spawnSync(process.execPath, ['--expose-gc', '--enable-source-maps', outfile, ...args], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
