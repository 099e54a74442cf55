import { Failure } from '../shared/failure';

/** The content of an idx file of unsigned bytes: its shape, and its values in row-major order. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;

const hex = (n: number) => `0x${n.toString(16).padStart(8, '0')}`;

/**
 * Reads an idx file of unsigned bytes, the format of MNIST: two zero bytes, the type (0x08), the rank, then each
 * dimension as a big-endian 32-bit number, then the values.
 *
 * @param name names the file in errors
 * @throws Failure where the magic number is another, or the file is shorter or longer than its header says; it names the offset
 */
export function parseIdx(bytes: Uint8Array, rank: number, name: string): IdxArray {
  const fail = (offset: number, what: string): never => {
    throw new Failure(`${name}: at offset ${offset}: ${what}`);
  };
  const headerLength = 4 + 4 * rank;
  if (bytes.length < headerLength) {
    fail(bytes.length, `the file ends within its header of ${headerLength} bytes`);
  }

  const header = new DataView(bytes.buffer, bytes.byteOffset, headerLength);
  const magic = header.getUint32(0);
  const expected = (UNSIGNED_BYTE << 8) | rank;
  if (magic !== expected) fail(0, `expected the magic number ${hex(expected)}, got ${hex(magic)}`);

  const shape = Array.from({ length: rank }, (_, axis) => header.getUint32(4 + 4 * axis));
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  const length = bytes.length - headerLength;
  if (length < size) {
    fail(
      bytes.length,
      `the file is cut off: ${shape.join(' x ')} announces ${size} bytes of data, there are ${length}`,
    );
  }
  if (length > size)
    fail(
      headerLength + size,
      `${length - size} bytes follow the ${size} that ${shape.join(' x ')} announces`,
    );
  return { shape, values: bytes.subarray(headerLength) };
}
