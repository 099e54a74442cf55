import type { Initializer } from './initializer';
import { varianceScaling } from './varianceScaling';

/** Glorot and Bengio 2010: variance 2 / (fan in + fan out), uniform. */
export const glorotUniform = (): Initializer => varianceScaling(1, 'fanAverage', 'uniform');
/** Glorot and Bengio 2010: variance 2 / (fan in + fan out), normal, cut at two standard deviations. */
export const glorotNormal = (): Initializer => varianceScaling(1, 'fanAverage', 'truncatedNormal');
/** He et al. 2015, for relu: variance 2 / fan in, uniform. */
export const heUniform = (): Initializer => varianceScaling(2, 'fanIn', 'uniform');
/** He et al. 2015, for relu: variance 2 / fan in, normal, cut at two standard deviations. */
export const heNormal = (): Initializer => varianceScaling(2, 'fanIn', 'truncatedNormal');
/** LeCun et al. 1998: variance 1 / fan in, uniform. */
export const lecunUniform = (): Initializer => varianceScaling(1, 'fanIn', 'uniform');
/** LeCun et al. 1998: variance 1 / fan in, normal, cut at two standard deviations. */
export const lecunNormal = (): Initializer => varianceScaling(1, 'fanIn', 'truncatedNormal');
