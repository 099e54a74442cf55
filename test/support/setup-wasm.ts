import './seed';
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { expectCleanEngine } from './clean-engine';
import { poisonNewMemory } from './poison';

const require = createRequire(import.meta.url);
setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
if (!(await tf.setBackend('wasm'))) throw new Error('the wasm backend did not start');
poisonNewMemory();
expectCleanEngine();
