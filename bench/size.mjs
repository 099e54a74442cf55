/**
 * What the package costs in a page, minified and gzipped, without tfjs, from dist/ (npm run build first):
 *
 *     node bench/size.mjs
 *
 * Exit code 1 above a limit.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const KIB = 1024;
const LIMITS = [
  ['import { grad, tract }', "export { grad, tract } from 'tfjs-tract';", 25],
  [
    'everything but testing',
    "export * from 'tfjs-tract'; export * as nn from 'tfjs-tract/nn'; export * as optim from 'tfjs-tract/optim';",
    60,
  ],
];

const sizes = {};
for (const [what, contents, limit] of LIMITS) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    packages: 'bundle',
    external: ['@tensorflow/*'],
    logLevel: 'error',
  });
  const size = gzipSync(outputFiles[0].contents, { level: 9 }).length / KIB;
  sizes[what] = { kib: Number(size.toFixed(1)), limit };
  console.log(
    `${what}: ${size.toFixed(1)} KiB min+gzip${size > limit ? `, above the limit of ${limit}` : ''}`,
  );
  if (size > limit) process.exitCode = 1;
}
mkdirSync('bench/results', { recursive: true });
writeFileSync('bench/results/size.json', `${JSON.stringify(sizes, undefined, 2)}\n`);
