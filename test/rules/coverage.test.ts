import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import '../../src';
import '../../src/optim';
import { ADAM_UPDATE } from '../../src/jit/tensorflow/adamUpdates';
import { ruledKernels, ruleOf, type Rule } from '../../src/core/rule';
import type { RuleCase } from './case';

const tables = import.meta.glob<{ default: RuleCase[] }>('./cases/*.ts', { eager: true });
const cased = new Set(
  Object.values(tables).flatMap(({ default: cases }) => cases.map(({ kernel }) => kernel)),
);

/** Kernels that read no tensors are the same for every example. */
const NO_INPUTS = ['Fill', 'FromPixels', 'LinSpace', 'Range'];

/** Kernels that run example by example under vmap, and why. */
const LOOPS: Record<string, string> = {
  Draw: 'paints one image at a time',
  OverwrittenTensor: 'stands only in lowered programs, where everything is mapped already',
  NonMaxSuppressionV3: 'each choice depends on those before it',
  NonMaxSuppressionV4: 'each choice depends on those before it',
  NonMaxSuppressionV5: 'each choice depends on those before it',
  RaggedRange: 'examples differ in length',
  SparseFillEmptyRows: 'examples differ in the number of empty rows',
  StringNGrams: 'examples differ in the number of n-grams',
  StringSplit: 'examples differ in the number of parts',
  Unique: 'examples differ in the number of distinct slices',
};

/** What a rule says of its kernel's derivative. */
function kinds({ vjp, decompose, differentiate, rematerialise, constant, impure }: Rule): string[] {
  return [
    ...(vjp || decompose || differentiate || rematerialise ? ['differentiable'] : []),
    ...(constant || impure ? ['constant'] : []),
  ];
}

const namesOfTfjs = tf as unknown as Record<string, unknown>;
const isOfTfjs = (kernel: string): boolean => namesOfTfjs[kernel] === kernel;

describe('kernels of the backend', () => {
  const names = tf.getKernelsForBackend(tf.getBackend()).map(({ kernelName }) => kernelName);
  // Passes of jit make calls of it when all is differentiated already.
  it.each(names.filter((name) => name !== ADAM_UPDATE))('%s', (kernel) => {
    const rule = ruleOf(kernel);
    expect(rule, 'has rules').toBeDefined();
    expect(kinds(rule!), 'is either differentiable or constant').toHaveLength(1);
  });
});

describe('rules', () => {
  it.each(ruledKernels())('%s', (kernel) => {
    const rule = ruleOf(kernel)!;
    const { decompose, batch, shape, jvp, vjp, uncapturable, inline } = rule;
    if (vjp) expect(jvp, 'forward mode needs no second transposition').toBeDefined();
    if (!decompose && !NO_INPUTS.includes(kernel)) {
      expect(Boolean(batch), 'batches, or loops for a reason').toBe(!(kernel in LOOPS));
    }
    if (!decompose)
      expect(Boolean(shape ?? uncapturable ?? inline), 'is captured, or says why not').toBe(true);
    if (isOfTfjs(kernel) && kinds(rule).includes('differentiable')) {
      expect(cased, 'is tested by a case').toContain(kernel);
    }
  });
});
