import './seed';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expectCleanEngine } from './clean-engine';

// scripts/setup/tensorflow.sh puts the package here, beside the project's own dependencies: its install script is never run.
const folder = resolve(process.env.TFJS_NODE_FOLDER ?? '.cache/tensorflow');
const name = process.env.TFJS_NODE_PACKAGE ?? '@tensorflow/tfjs-node';
if (!existsSync(`${folder}/node_modules/${name}`)) {
  throw new Error(
    `${name} is not in ${folder}: run scripts/setup/tensorflow.sh ${name.endsWith('gpu') ? 'gpu' : 'cpu'}`,
  );
}

process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
const require = createRequire(`${folder}/package.json`);
// tfjs-node 4.22 calls functions that Node 23 removed (https://github.com/tensorflow/tfjs/pull/8425).
const util = require('node:util') as Record<string, unknown>;
util.isNullOrUndefined ??= (value: unknown) => value == null;
util.isArray ??= Array.isArray;
require(name);

if (tf.getBackend() !== 'tensorflow') {
  throw new Error(
    `${name} started its backend on another copy of @tensorflow/tfjs-core than the tests import`,
  );
}
expectCleanEngine();
