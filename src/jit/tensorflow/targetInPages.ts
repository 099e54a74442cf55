import type * as whole from './target';

/* In place of target.ts in bundles for pages: see vite.build.config.ts. */

export const fusedForTensorFlow: typeof whole.fusedForTensorFlow = (program) => program;
export const graphsOf: typeof whole.graphsOf = () => [];
export const compiledFor: typeof whole.compiledFor = (program, _, compile) => compile(program);
export const graphRunner: typeof whole.graphRunner = () => undefined;
export const provideAdam: typeof whole.provideAdam = () => {};
