export { tract } from './tract';
export type { TractSettings } from './options';
