import { getBackend } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { computesOnHost } from '../../src/core/hostValues';

/** Every kernel is a shader, and in tests a driver on the CPU runs it in place of a graphics card: slow. */
export const isStandIn = (): boolean => !computesOnHost(getBackend());

/** How often a property is tried: less often where a driver stands in for a graphics card. */
export const runs = (count: number): number => (isStandIn() ? Math.ceil(count / 5) : count);

/** The same for properties that say nothing of it. */
export const limitRuns = (): void => fc.configureGlobal({ ...fc.readConfigureGlobal(), numRuns: runs(100) });
