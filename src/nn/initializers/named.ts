import type { Initializer } from './initializer';
import { varianceScaling } from './varianceScaling';

/**
 * Glorot and Bengio 2010: variance 2 / (fan in + fan out), uniform.
 *
 * @example
 * ```ts
 * initializers.glorotUniform()(random.key(0), [3, 2]).shape; // [3, 2]
 * ```
 */
export const glorotUniform = (): Initializer => varianceScaling(1, 'fanAverage', 'uniform');
/**
 * Glorot and Bengio 2010: variance 2 / (fan in + fan out), normal, cut at two standard deviations.
 *
 * @example
 * ```ts
 * initializers.glorotNormal()(random.key(0), [3, 2]).shape; // [3, 2]
 * ```
 */
export const glorotNormal = (): Initializer => varianceScaling(1, 'fanAverage', 'truncatedNormal');
/**
 * He et al. 2015, for relu: variance 2 / fan in, uniform.
 *
 * @example
 * ```ts
 * initializers.heUniform()(random.key(0), [3, 2]).shape; // [3, 2]
 * ```
 */
export const heUniform = (): Initializer => varianceScaling(2, 'fanIn', 'uniform');
/**
 * He et al. 2015, for relu: variance 2 / fan in, normal, cut at two standard deviations.
 *
 * @example
 * ```ts
 * initializers.heNormal()(random.key(0), [3, 2]).shape; // [3, 2]
 * ```
 */
export const heNormal = (): Initializer => varianceScaling(2, 'fanIn', 'truncatedNormal');
/**
 * LeCun et al. 1998: variance 1 / fan in, uniform.
 *
 * @example
 * ```ts
 * initializers.lecunUniform()(random.key(0), [3, 2]).shape; // [3, 2]
 * ```
 */
export const lecunUniform = (): Initializer => varianceScaling(1, 'fanIn', 'uniform');
/**
 * LeCun et al. 1998: variance 1 / fan in, normal, cut at two standard deviations.
 *
 * @example
 * ```ts
 * initializers.lecunNormal()(random.key(0), [3, 2]).shape; // [3, 2]
 * ```
 */
export const lecunNormal = (): Initializer => varianceScaling(1, 'fanIn', 'truncatedNormal');
