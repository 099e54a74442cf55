import '../rules';

export type {
  AnyLayer,
  ApplyOptions,
  Initialised,
  Layer,
  LayerDefinition,
  Nothing,
  ParamsOf,
  Shape,
  StateOf,
} from './layer';
export { defineLayer } from './layer';
export { summary, type Summary } from './summary';
export type { LayerRow } from './record';
export * from './layers';
export * as initializers from './initializers';
export * from './losses';
export * from './models';
