export {
  softmaxCrossEntropy,
  softmaxCrossEntropyWithIntegerLabels,
  type SmoothingOptions,
} from './softmaxCrossEntropy';
export { sigmoidBinaryCrossEntropy } from './sigmoidBinaryCrossEntropy';
export { l2Loss } from './l2Loss';
export { huberLoss } from './huberLoss';
export { accuracy, topKAccuracy } from './accuracy';
