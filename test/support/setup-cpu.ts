import './seed';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expectCleanEngine } from './clean-engine';

await tf.setBackend('cpu');
expectCleanEngine();
