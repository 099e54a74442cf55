import { random } from '../../src';
import type * as nn from '../../src/nn';

/** Initialises a layer from a seed. */
export function init<P, S>(layer: nn.Layer<P, S>, inputShape: nn.Shape, seed = 0): nn.Initialised<P, S> {
  return layer.init(random.key(seed), inputShape);
}

init.key = random.key;
