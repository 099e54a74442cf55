// The packed package in Deno, which finds npm packages in node_modules: imports of the ES modules, and the training loop on wasm and cpu.
import { bin, createConsumer } from './consumer.mjs';
import { check, training } from './training.mjs';
import { readFileSync } from 'node:fs';

const user = createConsumer();
user.write('train.js', training);
user.write(
  'package.json',
  JSON.stringify({
    name: 'user',
    private: true,
    type: 'module',
    dependencies: {
      'tfjs-tract': '*',
      '@tensorflow/tfjs-core': '*',
      '@tensorflow/tfjs-backend-cpu': '*',
      '@tensorflow/tfjs-backend-wasm': '*',
    },
  }),
);
user.write(
  'main.mjs',
  `import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { train } from './train.js';
const results = [await train('cpu'), await train('wasm')];
Deno.writeTextFileSync('results.json', JSON.stringify(results));
`,
);
user.exec(bin('deno'), [
  'run',
  '--quiet',
  '--allow-all',
  '--no-lock',
  '--node-modules-dir=manual',
  '--no-remote',
  '--cached-only',
  'main.mjs',
]);
const [onCpu, onWasm] = JSON.parse(readFileSync(`${user.folder}/results.json`, 'utf8'));
check(onCpu, 'cpu');
check(onWasm, 'wasm');
