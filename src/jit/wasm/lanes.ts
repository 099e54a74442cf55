import { get, int, set, when, type Code, type Func } from '../../wasm/assembler';
import { memory, truths } from '../../wasm/vector';
import type { Kind } from '../elementwise';

/*
 * Elements in memory and in vectors of four: numbers as float32, truths as bytes there and as masks here. What has fewer than four goes
 * through functions of the module, which touch no byte beyond.
 */

export const bytesPer = (kind: Kind): number => (kind === 'n' ? 4 : 1);

/** Four elements. */
export const load = (kind: Kind, address: Code): Code =>
  kind === 'n' ? memory.load(address) : truths.fromBytes(memory.loadOne(address));

/** One element, in each lane. */
export const splat = (kind: Kind, address: Code): Code =>
  kind === 'n' ? memory.splat(address) : truths.fromSplat(memory.splatByte(address));

export const store = (kind: Kind, address: Code, value: Code): Code =>
  kind === 'n' ? memory.store(address, value) : memory.storeLane(0)(address, truths.toBytes(value));

const [address, count] = [0, 1];
const shape = { parameters: 2, integers: 0 };
const more = (n: number): Code => int.less(int.const(n), get(count));
const at = (offset: number): Code => int.add(get(address), int.const(offset));

/** (address, count): the first `count` < 4 elements. */
export const loadPart: Record<Kind, Func> = {
  n: {
    ...shape,
    name: 'loadFloats',
    pairs: 1,
    returns: true,
    body: [
      ...when(
        more(1),
        [
          ...set(2, memory.loadTwo(get(address))),
          ...when(more(2), set(2, memory.loadLane(2)(at(8), get(2)))),
        ],
        set(2, memory.loadOne(get(address))),
      ),
      ...get(2),
    ],
  },
  t: {
    ...shape,
    name: 'loadTruths',
    pairs: 1,
    returns: true,
    body: [
      ...set(2, memory.loadByteLane(0)(get(address), get(2))),
      ...when(more(1), set(2, memory.loadByteLane(1)(at(1), get(2)))),
      ...when(more(2), set(2, memory.loadByteLane(2)(at(2), get(2)))),
      ...truths.fromBytes(get(2)),
    ],
  },
};

/** (address, count, value), likewise. */
export const storePart: Record<Kind, Func> = {
  n: {
    ...shape,
    name: 'storeFloats',
    vectors: 1,
    pairs: 0,
    body: when(
      more(1),
      [...memory.storeTwo(get(address), get(2)), ...when(more(2), memory.storeLane(2)(at(8), get(2)))],
      memory.storeLane(0)(get(address), get(2)),
    ),
  },
  t: {
    ...shape,
    name: 'storeTruths',
    vectors: 1,
    pairs: 0,
    body: [
      ...set(2, truths.toBytes(get(2))),
      ...memory.storeByteLane(0)(get(address), get(2)),
      ...when(more(1), memory.storeByteLane(1)(at(1), get(2))),
      ...when(more(2), memory.storeByteLane(2)(at(2), get(2))),
    ],
  },
};
