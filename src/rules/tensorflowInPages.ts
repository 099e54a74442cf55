/* In place of tensorflow.ts in bundles for pages: see vite.build.config.ts. What is given to it is left out with the call. */

/* @__NO_SIDE_EFFECTS__ */
export function provideOnTensorFlow(): void {}
