import { util, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Compute, Inputs } from '../../core/compute';
import { onBackend, type HostKernel } from '../../core/hostKernel';
import { dispatcher, empty, threads, type Kernel, type WebGPUBackend } from '../../core/webgpu';
import { drawnDtype, drawnShape, random, type Draw } from './draw';
import { CENTRAL, TAIL } from './erfInv';
import { foldIn as foldInOnHost } from './foldIn';
import { ROTATIONS, PARITY } from './threefry';

/** Keys and counters as pairs of words; see threefry.ts, of which this is a translation. */
const threefry = `
  fn rotated(v : u32, r : u32) -> u32 { return (v << r) | (v >> (32u - r)); }
  fn threefry(key : vec2<u32>, counter : vec2<u32>) -> vec2<u32> {
    let k = array<u32, 3>(key.x, key.y, ${PARITY}u ^ key.x ^ key.y);
    var a = counter.x + k[0];
    var b = counter.y + k[1];
    ${Array.from({ length: 5 }, (_, group) => {
      const rounds = ROTATIONS[group & 1]!.map((r) => `a += b; b = a ^ rotated(b, ${r}u);`);
      return `${rounds.join(' ')} a += k[${(group + 1) % 3}]; b += k[${(group + 2) % 3}] + ${group + 1}u;`;
    }).join('\n')}
    return vec2<u32>(a, b);
  }
  fn keyOf(k : i32) -> vec2<u32> { return vec2<u32>(bitcast<u32>(K[2 * k]), bitcast<u32>(K[2 * k + 1])); }
  fn bitsOf(key : vec2<u32>, i : i32) -> u32 {
    let block = threefry(key, vec2<u32>(0u, u32(i)));
    return block.x ^ block.y;
  }`;

const horner = (coefficients: readonly number[]): string =>
  coefficients.reduce((sum, c) => (sum ? `(${sum}) * t + f32(${c})` : `f32(${c})`), '');

const floats = `
  fn unit(bits : u32) -> f32 { return bitcast<f32>((bits >> 9u) | 0x3f800000u) - 1.0; }
  // 1 - x^2 as a product keeps its digits near the ends.
  fn erfInv(x : f32) -> f32 {
    let w = -log((1.0 - x) * (1.0 + x));
    if (w < 5.0) {
      let t = w - 2.5;
      return (${horner(CENTRAL)}) * x;
    }
    let t = sqrt(w) - 3.0;
    return (${horner(TAIL)}) * x;
  }`;

/** What element i of a draw from a key is. */
const elements: Record<Draw['draw'], string> = {
  keys: 'let pair = threefry(key, vec2<u32>(0u, u32(i / 2))); r0[index] = bitcast<i32>(pair[i % 2]);',
  bits: 'r0[index] = bitcast<i32>(bitsOf(key, i));',
  uniform: 'r0[index] = unit(bitsOf(key, i));',
  normal: `
    let above = bitcast<f32>(0xbf7fffffu);
    r0[index] = sqrt(2.0) * erfInv(max(above, 2.0 * unit(bitsOf(key, i)) + above));`,
  integers: `
    let span = bitcast<u32>(uniforms.span);
    let upper = bitsOf(threefry(key, vec2<u32>(0u, 0u)), i) % span;
    let lower = bitsOf(threefry(key, vec2<u32>(0u, 1u)), i) % span;
    r0[index] = uniforms.low + i32((upper * bitcast<u32>(uniforms.factor) + lower) % span);`,
};

const kernelOf = (draw: Draw['draw']): Kernel => ({
  name: `random ${draw}`,
  inputs: ['K'],
  declarations: threefry + floats,
  body: `
    if (index < uniforms.size) {
      let key = keyOf(index / uniforms.per);
      let i = index % uniforms.per;
      ${elements[draw]}
    }`,
});

const folding = dispatcher({
  name: 'random fold in',
  inputs: ['K', 'D'],
  declarations: threefry,
  body: `
    if (index < uniforms.size) {
      let pair = threefry(keyOf(index / 2), vec2<u32>(0u, bitcast<u32>(D[index / 2])));
      r0[index] = bitcast<i32>(pair[index % 2]);
    }`,
});

const drawing = new Map<Draw['draw'], ReturnType<typeof dispatcher>>();

function draw(backend: WebGPUBackend, key: TensorInfo, attrs: Draw): TensorInfo {
  const shape = [...key.shape.slice(0, -1), ...drawnShape(attrs)];
  const dtype = drawnDtype(attrs);
  const size = util.sizeFromShape(shape);
  if (size === 0) return empty(backend, shape, dtype);
  const { low, high } = attrs.draw === 'integers' ? attrs : { low: 0, high: 1 };
  const span = high - low;
  const half = 0x10000 % span;
  let launched = drawing.get(attrs.draw);
  if (!launched) drawing.set(attrs.draw, (launched = dispatcher(kernelOf(attrs.draw))));
  return launched({
    outputs: [{ shape, dtype }],
    workgroups: Math.ceil(size / threads),
    integers: {
      size,
      per: util.sizeFromShape(drawnShape(attrs)),
      low,
      span,
      factor: (Math.imul(half, half) >>> 0) % span,
    },
  })(backend, [key])[0]!;
}

function foldIn(backend: WebGPUBackend, key: TensorInfo, data: TensorInfo): TensorInfo {
  const { shape } = key;
  const size = util.sizeFromShape(shape);
  if (size === 0) return empty(backend, shape, 'int32');
  return folding({
    outputs: [{ shape, dtype: 'int32' }],
    workgroups: Math.ceil(size / threads),
    integers: { size },
  })(backend, [key, data])[0]!;
}

/**
 * The kernels of random: on the host for keys that are there, as compute shaders for those that are on the graphics card. All but these
 * shaders take integers for floats there (tfjs 4.22), so that keys which other kernels move on the card keep 24 bits of each word: small
 * ones, made on the host, are sliced and stacked on the host. Permutations are composed of draws.
 */
export const webgpuKernels: KernelConfig[] = [
  kernel(random, (backend, { key }, attrs) => draw(backend, key!, attrs as unknown as Draw)),
  kernel(foldInOnHost, (backend, { key, data }) => foldIn(backend, key!, data!)),
];

function kernel(host: HostKernel, onDevice: Compute<WebGPUBackend, TensorInfo>): KernelConfig {
  const config = onBackend(host, 'webgpu');
  return {
    ...config,
    kernelFunc: (call) => {
      const { tensorMap } = call.backend as WebGPUBackend;
      const inputs = call.inputs as Inputs;
      const areHere = Object.values(inputs).every(({ dataId }) => tensorMap.get(dataId).values != null);
      return areHere
        ? config.kernelFunc(call)
        : onDevice(call.backend as WebGPUBackend, inputs, call.attrs ?? {});
    },
  };
}
