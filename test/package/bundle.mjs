// The packed package through a bundler, with the ES modules of tfjs-core: tree shaking must keep the rules, which nothing imports by name.
import { build } from 'esbuild';
import { createConsumer, program } from './consumer.mjs';

const user = createConsumer();
const main = user.write(
  'main.mjs',
  `import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { grad } from 'tfjs-tract';
import * as testing from 'tfjs-tract/testing';
${program}`,
);
await build({
  entryPoints: [main],
  outfile: `${user.folder}/bundle.cjs`,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  mainFields: ['module', 'main'],
  treeShaking: true,
  logLevel: 'error',
});
user.exec(process.execPath, [`${user.folder}/bundle.cjs`]);
