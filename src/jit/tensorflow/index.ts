export { GRAPH } from './graphs';
export { compiledFor, fusedForTensorFlow, graphRunner, graphsOf, provideAdam } from './target';
