import './seed';
import '@tensorflow/tfjs-backend-webgl';
import * as tf from '@tensorflow/tfjs-core';
import { expectCleanEngine } from './clean-engine';
import { limitRuns } from './runs';

if (!(await tf.setBackend('webgl'))) throw new Error('the webgl backend did not start');
limitRuns();
expectCleanEngine();
