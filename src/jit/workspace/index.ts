export { REGION, regions } from './region';
export { regionRunner } from './runner';
export { workspaceLoops } from './target';
