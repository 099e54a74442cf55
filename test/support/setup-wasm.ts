import './seed';
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { expectCleanEngine } from './clean-engine';
import { poisonNewMemory } from './poison';

// As pages and later versions of Node have it; on cpu the suite runs without.
if (process.version.startsWith('v20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');

const require = createRequire(import.meta.url);
setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
if (!(await tf.setBackend('wasm'))) throw new Error('the wasm backend did not start');
poisonNewMemory();
expectCleanEngine();
