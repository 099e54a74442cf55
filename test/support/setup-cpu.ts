import './seed';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expectCleanEngine } from './clean-engine';
import { poisonWorkspaces } from './poison';

await tf.setBackend('cpu');
poisonWorkspaces();
expectCleanEngine();
