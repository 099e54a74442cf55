import { engine } from './engine';

/*
 * A bundler that defines one of these as false leaves out the code for that backend, for pages that never load it, in the manner of
 * https://vuejs.org/api/compile-time-flags. Where nobody defines them nothing is left out.
 */
declare const __TFJS_TRACT_WEBGL__: boolean | undefined;
declare const __TFJS_TRACT_WEBGPU__: boolean | undefined;

export const withWebGL = typeof __TFJS_TRACT_WEBGL__ === 'undefined' || __TFJS_TRACT_WEBGL__;
export const withWebGPU = typeof __TFJS_TRACT_WEBGPU__ === 'undefined' || __TFJS_TRACT_WEBGPU__;

/** In place of a kernel for which nothing else can stand. */
export function leftOut(): never {
  const { backendName } = engine();
  const flag = `__TFJS_TRACT_${backendName.toUpperCase()}__`;
  throw new Error(`This bundle leaves out what ${backendName} needs here, since ${flag} is false.`);
}
