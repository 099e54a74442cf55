export { ADAM_UPDATE, adamUpdates } from './adamUpdates';
export type { Graph } from './graph';
export { GRAPH, graphs, graphsOf } from './graphs';
