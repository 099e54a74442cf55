export { tract } from './tract';
export type { TractSettings } from './options';
export type { LayerDescription, TractDescription } from './describe';
