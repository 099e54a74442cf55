// The packed package, loaded with import.
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
user.exec(process.execPath, [main]);
