import { getBackend } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { computesOnHost } from '../../src/core/hostValues';

/** Every kernel is a shader, and in tests a driver on the CPU runs it in place of a graphics card: slow. */
export const isStandIn = (): boolean => !computesOnHost(getBackend());

/** What of the suite a backend is given. */
interface Effort {
  /** One of how many tries of a property. */
  readonly every: number;
  /** The largest system of equations. */
  readonly largest: number;
  /** Cases of a kernel: to first order, and to second. */
  readonly cases: number;
  readonly twice: number;
  /** Of the rows of a table that several tests go through, a test takes one of how many: {@link share}. */
  readonly rows: number;
}

const whole: Effort = { every: 1, largest: Infinity, cases: Infinity, twice: Infinity, rows: 1 };
const efforts: Partial<Record<string, Effort>> = {
  // The formulas of second derivatives are the same everywhere: cpu and wasm go through all of them.
  tensorflow: { ...whole, twice: 1 },
  webgpu: { every: 5, largest: Infinity, cases: 2, twice: 1, rows: 1 },
  // The shaders that Node has run, by another build of the same library.
  'webgpu in a page': { every: 5, largest: Infinity, cases: 1, twice: 0, rows: 4 },
  // A shader is compiled for each shape, and a column of a system is a pass over all of it.
  webgl: { every: 10, largest: 48, cases: 1, twice: 0, rows: 4 },
};
const isPage = 'window' in globalThis;
export const effort = (): Effort =>
  efforts[getBackend() + (isPage ? ' in a page' : '')] ?? efforts[getBackend()] ?? whole;

/** How often a property is tried. */
export const runs = (count: number): number => Math.ceil(count / effort().every);

/** The sizes of systems that are tried. */
export const sizes = (all: number[]): number[] => all.filter((n) => n <= effort().largest);

/** The rows of a table that the test of this number goes through: tests of consecutive numbers take different ones, and together all. */
export const share = <T>(table: readonly T[], test: number): T[] =>
  table.filter((_, i) => (i + test) % effort().rows === 0);

/** The same for properties that say nothing of it. */
export const limitRuns = (): void => fc.configureGlobal({ ...fc.readConfigureGlobal(), numRuns: runs(100) });
