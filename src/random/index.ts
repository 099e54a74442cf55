export { exponential, gumbel, laplace, logistic } from './continuous';
export { bernoulli, categorical, rademacher, randint, type CategoricalOptions } from './discrete';
export { fold, key, keys, split } from './keys';
export { normal, truncatedNormal } from './normal';
export { choice, permutation, type ChoiceOptions } from './order';
export { bits, uniform, type Parameter, type UniformOptions } from './uniform';
export type { Key } from './namespace';
