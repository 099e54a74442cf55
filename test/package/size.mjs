// What imports of the packed package cost in a page: at most 3 % more than what was accepted, and nothing comes along that they do not use.
//
//     node test/package/size.mjs [--accept]
//
// --accept makes the sizes of dist/ the accepted ones: where something was added that is worth its bytes.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { imports, modulesIn, sizeOf, unusedIn, withoutGPU } from '../../scripts/bundleSize.mjs';
import { createConsumer, root } from './consumer.mjs';

const file = join(root, 'test/package/sizes.json');
const { folder } = createConsumer();
const sizes = {};
for (const [what, contents] of Object.entries(imports)) sizes[what] = await sizeOf(contents, folder);

if (process.argv.includes('--accept')) {
  writeFileSync(file, `${JSON.stringify(sizes, undefined, 2)}\n`);
  console.log(`${file}: accepted.`);
}

const accepted = JSON.parse(readFileSync(file, 'utf8'));
for (const [what, bytes] of Object.entries(sizes)) {
  const growth = bytes / accepted[what] - 1;
  console.log(`${what}: ${bytes} bytes, ${(100 * growth).toFixed(1)} % above the accepted ${accepted[what]}`);
  // Also where nothing was accepted.
  if (!(growth <= 0.03)) process.exitCode = 1;
}

const all = {
  ...imports,
  'import { makeJaxpr }': "export { makeJaxpr } from 'tfjs-tract';",
  'import { linalg }': "export { linalg } from 'tfjs-tract';",
  'import { rnn }': "export { rnn } from 'tfjs-tract/nn';",
};

/** What is for tfjs-node alone: each such module has another in its place in pages, which package.json names in both forms. */
const installed = join(folder, 'node_modules/tfjs-tract');
const { browser } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
const inPages = readdirSync(join(installed, 'dist'), { recursive: true }).filter((path) =>
  /InPages\.c?js$/.test(path),
);
const replaced = inPages.map((path) => path.replace('InPages', ''));
assert.deepEqual(
  browser,
  Object.fromEntries(replaced.map((path, i) => [`./dist/${path}`, `./dist/${inPages[i]}`])),
);

/** Of this no import brings anything. */
const nodeOnly = [
  ...replaced.map((path) => path.replace(/\.c?js$/, '')),
  'jit/tensorflow/adam',
  'jit/tensorflow/graph',
  'jit/tensorflow/graphs',
  'jit/tensorflow/session',
  'linalg/kernels/tensorflowSession',
];

/** Folders, and modules, of which an import must bring none. */
const unused = {
  'import { grad }': [
    'jit',
    'layers',
    'lax',
    'linalg',
    'nn',
    'optim',
    'random',
    'rules/batching',
    'testing',
    'tract',
  ],
  'import { grad, tract }': ['jit', 'layers', 'lax', 'nn', 'optim', 'random', 'testing'],
  'import { adam }': [
    'interpreters',
    'jit',
    'layers',
    'lax',
    'linalg',
    'nn',
    'random',
    'rules',
    'testing',
    'tract',
  ],
  'import { makeJaxpr }': ['jit/replay', 'jit/wasm', 'jit/webgpu', 'linalg', 'optim', 'tract'],
  'import { linalg }': ['jit', 'linalg/kernels/registerWide', 'optim', 'tract'],
  'import { rnn }': ['linalg/kernels/registerWide', 'linalg/kernels/solve', 'optim', 'tract'],
  'everything but testing': ['testing'],
};
/** Of which a bundle that leaves out the code for GPUs must bring none. */
const onGPU = ['jit/webgpu', 'random/kernels/webgpu'].concat(
  ['webgl', 'webgpu'].flatMap((name) => [`linalg/kernels/${name}/kernels`, `linalg/kernels/${name}/wide`]),
);

async function bringsNone(what, contents, places, define) {
  for (const { path } of await modulesIn(contents, folder, define)) {
    if (!places.some((place) => `${path}/`.startsWith(`${place}/`))) continue;
    console.error(`${what} brings ${path}`);
    process.exitCode = 1;
  }
}
for (const [what, contents] of Object.entries(all))
  await bringsNone(what, contents, [...nodeOnly, ...(unused[what] ?? [])]);
await bringsNone('everything without GPU', all['everything but testing'], onGPU, withoutGPU);

for (const [what, contents] of Object.entries(all)) {
  const names = await unusedIn(contents, folder);
  if (names.length === 0) continue;
  console.error(`${what} carries what nothing in it uses: ${names.join(', ')}`);
  process.exitCode = 1;
}
