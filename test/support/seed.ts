import fc from 'fast-check';

/** Property tests draw the same examples on every run; FC_SEED=<integer> draws others. */
const seed = Number(globalThis.process?.env.FC_SEED ?? 20241210);
if (!Number.isInteger(seed))
  throw new RangeError(`FC_SEED must be an integer, got "${globalThis.process?.env.FC_SEED}"`);

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
