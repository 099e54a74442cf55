import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => {
  vi.doUnmock('@tensorflow/tfjs-core');
  vi.resetModules();
});

test('a tfjs whose engine lacks what is needed is refused, with what it lacks', async () => {
  const methods = [
    'runKernel',
    'runKernelFunc',
    'startScope',
    'endScope',
    'track',
    'isTapeOn',
    'addTapeNode',
  ];
  const engine = {
    ...Object.fromEntries(methods.map((name) => [name, () => {}])),
    registry: {},
    state: { scopeStack: [], gradientDepth: 0, kernelDepth: 0, profiling: false },
  };
  vi.resetModules();
  vi.doMock('@tensorflow/tfjs-core', () => ({ engine: () => engine }));
  const { engine: checked } = await import('../../src/core/engine');
  expect(checked).toThrow(
    'tfjs-tract needs @tensorflow/tfjs-core ^4.22.0: the engine of the loaded copy has no getTensorsForGradient, nextTensorId, ' +
      'removeDataId, makeTensorFromTensorInfo, backendNames, state.tensorInfo, state.registeredVariables.',
  );
});
