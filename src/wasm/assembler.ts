// A WebAssembly assembler, as large as our modules need. Code is bytes for a stack machine: an expression leaves its value there.
// Encodings: https://webassembly.github.io/spec/core/binary/

export type Code = readonly number[];

const i32 = 0x7f;
const v128 = 0x7b;

/** LEB128, seven bits a byte. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  const rest = value >> 7;
  const done = rest === ((value & 0x40) === 0 ? 0 : -1);
  return done ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(rest)];
}

/** 0 to n - 1, for code that is written out. */
export const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

const vector = (items: readonly Code[]): number[] => [...unsigned(items.length), ...items.flat()];
export const simd = (opcode: number): Code => [0xfd, ...unsigned(opcode)];
/** With the exponent of the alignment that code may count on, which must not pass the size of what is read. */
const memoryArgument = (offset: number, alignment = 3): Code => [alignment, ...unsigned(offset)];

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];
export const call = (functionIndex: number, ...args: Code[]): Code => [
  ...args.flat(),
  0x10,
  ...unsigned(functionIndex),
];

/** 32-bit integers. */
export const int = {
  const: (value: number): Code => [0x41, ...signed(value)],
  add: (a: Code, b: Code): Code => [...a, ...b, 0x6a],
  sub: (a: Code, b: Code): Code => [...a, ...b, 0x6b],
  mul: (a: Code, b: Code): Code => [...a, ...b, 0x6c],
  and: (a: Code, b: Code): Code => [...a, ...b, 0x71],
  load: (address: Code): Code => [...address, 0x28, ...memoryArgument(0, 2)],
  store: (address: Code, value: Code): Code => [...address, ...value, 0x36, ...memoryArgument(0, 2)],
  /** 1 or 0, for unsigned integers. */
  less: (a: Code, b: Code): Code => [...a, ...b, 0x49],
};

export const advance = (local: number, by: Code): Code => set(local, int.add(get(local), by));

/** Pairs of float64. Addresses and offsets count bytes. */
export const pair = {
  load: (address: Code, offset: number): Code => [...address, ...simd(0x00), ...memoryArgument(offset)],
  /** One float64, twice. */
  splat: (address: Code, offset: number): Code => [...address, ...simd(0x0a), ...memoryArgument(offset)],
  store: (address: Code, offset: number, value: Code): Code => [
    ...address,
    ...value,
    ...simd(0x0b),
    ...memoryArgument(offset),
  ],
  add: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xf0)],
  sub: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xf1)],
  mul: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xf2)],
  /** As the first two of four float32, and zeros. */
  demote: (a: Code): Code => [...a, ...simd(0x5e)],
};

/** Fours of float32, likewise. */
export const quad = {
  load: (address: Code, offset: number): Code => [...address, ...simd(0x00), ...memoryArgument(offset, 2)],
  /** One float32, four times. */
  splat: (address: Code, offset: number): Code => [...address, ...simd(0x09), ...memoryArgument(offset, 2)],
  store: (address: Code, offset: number, value: Code): Code => [
    ...address,
    ...value,
    ...simd(0x0b),
    ...memoryArgument(offset, 2),
  ],
  /** The first `lanes` of the four. */
  storePart: (address: Code, offset: number, value: Code, lanes: 1 | 2 | 3): Code => [
    ...(lanes > 1 ? [...address, ...value, ...simd(0x5b), ...memoryArgument(offset, 2), 0] : []),
    ...(lanes !== 2
      ? [...address, ...value, ...simd(0x5a), ...memoryArgument(offset + 4 * (lanes - 1), 2), lanes - 1]
      : []),
  ],
  zero: [...simd(0x0c), ...new Array<number>(16).fill(0)] as Code,
  add: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xe4)],
  mul: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xe6)],
  max: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xe9)],
  /** Four of the eight floats of a and b, by position. */
  shuffle: (a: Code, b: Code, [i, j, k, l]: readonly [number, number, number, number]): Code => [
    ...a,
    ...b,
    ...simd(0x0d),
    ...[i, j, k, l].flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]),
  ],
  /** The first two as float64. */
  promote: (a: Code): Code => [...a, ...simd(0x5f)],
};

/** if (condition) then, else otherwise. */
export const when = (condition: Code, then: Code, otherwise: Code = []): Code => [
  ...condition,
  0x04,
  0x40,
  ...then,
  ...(otherwise.length > 0 ? [0x05, ...otherwise] : []),
  0x0b,
];

/** Copies bytes. */
export const copy = (to: Code, from: Code, bytes: Code): Code => [...to, ...from, ...bytes, 0xfc, 0x0a, 0, 0];

/** Sets bytes to a value. */
export const fill = (to: Code, value: Code, bytes: Code): Code => [...to, ...value, ...bytes, 0xfc, 0x0b, 0];

/** while (a < b) body, for unsigned integers. */
export function whileLess(a: Code, b: Code, body: Code): Code {
  const less = int.less(a, b);
  const repeat = [0x03, 0x40, ...body, ...less, 0x0d, 0, 0x0b];
  return [...less, 0x04, 0x40, ...repeat, 0x0b];
}

/** The body as often as a local says, which counts down to zero. */
export const repeat = (counter: number, body: Code): Code =>
  whileLess(int.const(0), get(counter), [...body, ...advance(counter, int.const(-1))]);

export interface Func {
  name: string;
  /** Number of integer parameters, which are the first locals. */
  parameters: number;
  /** Number of integer locals after these, and of pairs after those. */
  integers: number;
  pairs: number;
  body: Code;
  /** Number of vector parameters, which follow the integer ones. */
  vectors?: number;
  /** It leaves a vector, for other functions of the module; else nothing. */
  returns?: boolean;
}

/**
 * A function whose code is made of the numbers of its locals: so many parameters, its other integers and, where it has vectors, the first of
 * those, which the others follow.
 */
export const func = (
  name: string,
  parameters: number,
  pairs: number,
  body: (...locals: number[]) => Code,
): Func => ({
  name,
  parameters,
  integers: body.length - parameters - Math.min(pairs, 1),
  pairs,
  body: body(...upTo(body.length)),
});

const text = (s: string): number[] => vector([...s].map((c) => [c.charCodeAt(0)]));
const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];

const header: Code = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const many = (count: number, type: Code): Code[] => new Array<Code>(count).fill(type);
/** Integers, then vectors; a vector or nothing. */
const functionType = (parameters: number, vectors = 0, returns = false): Code => [
  0x60,
  ...vector([...many(parameters, [i32]), ...many(vectors, [v128])]),
  ...vector(returns ? [[v128]] : []),
];

const importing = (...limits: number[]): Code =>
  section(2, vector([[...text('host'), ...text('memory'), 0x02, ...limits]]));
const ownMemory = importing(0x00, 0);
/** The import of a memory has to say that it is shared, and how large it may grow: 4 GiB is the most. */
const sharedMemory = importing(0x03, 0, ...unsigned(2 ** 16));

/** A module as `assemble` makes it, for a memory that threads share. */
export function withSharedMemory(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const at = module.findIndex((_, i) => ownMemory.every((byte, k) => module[i + k] === byte));
  return new Uint8Array([...module.slice(0, at), ...sharedMemory, ...module.slice(at + ownMemory.length)]);
}

/** A module that exports `run`, which calls imported functions of so many integers, `host.0`, `host.1` and so on, with these numbers. */
export function assembleCalls(
  parameters: readonly number[],
  calls: readonly (readonly [index: number, args: readonly number[]])[],
): Uint8Array<ArrayBuffer> {
  const code = [
    0, // No locals.
    ...calls.flatMap(([index, args]) => call(index, ...args.map((arg) => int.const(arg)))),
    0x0b,
  ];
  const imports = parameters.map((_, i) => [...text('host'), ...text(String(i)), 0x00, ...unsigned(i + 1)]);
  return new Uint8Array([
    ...header,
    ...section(1, vector([functionType(0), ...parameters.map((count) => functionType(count))])),
    ...section(2, vector(imports)),
    ...section(3, vector([[0]])),
    ...section(7, vector([[...text('run'), 0, ...unsigned(parameters.length)]])),
    ...section(10, vector([[...unsigned(code.length), ...code]])),
  ]);
}

/** A module that exports its functions and imports its memory as `host.memory`. */
export function assemble(functions: readonly Func[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters, vectors, returns }) =>
    functionType(parameters, vectors, returns),
  );
  const bodies = functions.map(({ integers, pairs, body }) => {
    const locals = vector([
      [...unsigned(integers), i32],
      [...unsigned(pairs), v128],
    ]);
    const code = [...locals, ...body, 0x0b];
    return [...unsigned(code.length), ...code];
  });
  return new Uint8Array([
    ...header,
    ...section(1, vector(types)),
    ...ownMemory,
    ...section(3, vector(functions.map((_, i) => unsigned(i)))),
    ...section(7, vector(functions.map(({ name }, i) => [...text(name), 0, ...unsigned(i)]))),
    ...section(10, vector(bodies)),
  ]);
}
