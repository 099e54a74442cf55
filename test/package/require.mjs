// The packed package, loaded with require.
import { createConsumer, program } from './consumer.mjs';

const user = createConsumer();
const main = user.write(
  'main.cjs',
  `const tf = require('@tensorflow/tfjs-core');
require('@tensorflow/tfjs-backend-cpu');
const { grad } = require('tfjs-tract');
const testing = require('tfjs-tract/testing');
${program}`,
);
user.exec(process.execPath, [main]);
