/**
 * What the package costs in a page, minified and gzipped, without tfjs, from dist/ (npm run build first):
 *
 *     node bench/size.mjs [--modules] [--floor]
 *
 * --modules prints what of it lies in which folder, and the 40 modules that cost most. --floor prints what would be left of it without
 * kernels' rules, and without what is for backends other than cpu. Exit code 1 above a limit.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { imports, modulesOf, sizeOf, sizeWithout } from '../scripts/bundleSize.mjs';

const KIB = 1024;
const limits = { 'import { grad, tract }': 25, 'everything but testing': 60 };

const row = (name, bytes, gzipped) =>
  `  ${name.padEnd(36)} ${String(bytes).padStart(7)} ${String(gzipped).padStart(7)}`;

/** Marginal costs add up to less than the whole, since what two modules share disappears with neither. */
async function printModules(contents) {
  const modules = await modulesOf(contents, process.cwd());
  const folders = new Map();
  for (const { path, bytes, gzipped } of modules) {
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.';
    const sum = folders.get(folder) ?? [0, 0];
    folders.set(folder, [sum[0] + bytes, sum[1] + gzipped]);
  }
  console.log(row('folder', 'bytes', 'gzip'));
  for (const [name, sum] of [...folders].sort((a, b) => b[1][0] - a[1][0])) console.log(row(name, ...sum));
  console.log(row('module', 'bytes', 'gzip'));
  const largest = modules.sort((a, b) => b.gzipped - a.gzipped).slice(0, 40);
  for (const { path, bytes, gzipped } of largest) console.log(row(path, bytes, gzipped));
}

const OTHER_BACKENDS = /webgpu|webgl|tensorflow|\/wasm/i;
const PARTS = {
  rules: /\/rules\//,
  'other backends': OTHER_BACKENDS,
  'rules and other backends': new RegExp(`/rules/|${OTHER_BACKENDS.source}`, 'i'),
};

async function printFloor(contents) {
  for (const [part, path] of Object.entries(PARTS)) {
    const bytes = await sizeWithout(contents, process.cwd(), path);
    console.log(`  without ${part}: ${(bytes / KIB).toFixed(1)} KiB`);
  }
}

const sizes = {};
for (const [what, contents] of Object.entries(imports)) {
  const kib = (await sizeOf(contents, process.cwd())) / KIB;
  const limit = limits[what];
  sizes[what] = { kib: Number(kib.toFixed(1)), limit };
  const isAbove = kib > limit;
  console.log(`${what}: ${kib.toFixed(1)} KiB min+gzip${isAbove ? `, above the limit of ${limit}` : ''}`);
  if (limit && process.argv.includes('--modules')) await printModules(contents);
  if (limit && process.argv.includes('--floor')) await printFloor(contents);
  if (isAbove) process.exitCode = 1;
}
mkdirSync('bench/results', { recursive: true });
writeFileSync('bench/results/size.json', `${JSON.stringify(sizes, undefined, 2)}\n`);
