import { Failure } from '../shared/failure';

// The format: 8 bytes with the length of the header (little-endian), the header in JSON, then all values. The header says for each tensor its
// type, its shape and where its bytes are, counted from the header's end; `__metadata__` holds strings.
// https://huggingface.co/docs/safetensors: no package on npm writes it.

export type StoredType = 'F32' | 'I32' | 'BOOL';

export interface Stored {
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface SafeTensors {
  readonly tensors: ReadonlyMap<string, Stored>;
  readonly metadata: Readonly<Record<string, string>>;
}

const BYTES: Record<StoredType, number> = { F32: 4, I32: 4, BOOL: 1 };

const LENGTH = 8;

/** The bytes of a safetensors file. Values start at a multiple of 8, and wider types come first, so that each is aligned. */
export function encodeSafeTensors({ tensors, metadata }: SafeTensors): Uint8Array {
  const sorted = [...tensors].sort(([, a], [, b]) => BYTES[b.dtype] - BYTES[a.dtype]);
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { dtype, shape, bytes }] of sorted) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes.length] };
    offset += bytes.length;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(LENGTH + padded + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded), true);
  file.set(text, LENGTH);
  file.fill(0x20, LENGTH + text.length, LENGTH + padded);
  let at = LENGTH + padded;
  for (const [, { bytes }] of sorted) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

/**
 * Reads a safetensors file.
 *
 * @param name names the file in errors
 * @throws Failure with the file and the offset where it is cut off, its header is no such header, or a tensor's bytes do not fit its shape
 */
export function decodeSafeTensors(file: Uint8Array, name: string): SafeTensors {
  const fail = (offset: number, what: string): never => {
    throw new Failure(`${name}: at offset ${offset}: ${what}`);
  };
  if (file.length < LENGTH) fail(file.length, `the file ends within its first ${LENGTH} bytes`);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = Number(view.getBigUint64(0, true));
  const start = LENGTH + length;
  if (start > file.length) fail(file.length, `the file ends within its header of ${length} bytes`);

  const header = parseHeader(file.subarray(LENGTH, start), (what) => fail(LENGTH, what));
  const { __metadata__: metadata = {}, ...entries } = header;
  const tensors = new Map<string, Stored>();
  let end = 0;
  for (const [key, entry] of Object.entries(entries)) {
    const {
      dtype,
      shape,
      data_offsets: range,
    } = entry as {
      dtype: StoredType;
      shape: number[];
      data_offsets: [number, number];
    };
    const size =
      BYTES[dtype] ??
      fail(LENGTH, `"${key}" has the type ${dtype}, known are ${Object.keys(BYTES).join(', ')}`);
    if (!isCounts(shape) || !isCounts(range) || range.length !== 2)
      fail(LENGTH, `"${key}" needs a shape and two data_offsets, got ${JSON.stringify(entry)}`);
    const expected = shape.reduce((product, d) => product * d, size);
    if (range[1] - range[0] !== expected)
      fail(
        LENGTH,
        `"${key}", ${dtype}[${shape}], takes ${expected} bytes, its data_offsets are ${range.join(' to ')}`,
      );
    if (start + range[1] > file.length)
      fail(file.length, `the file is cut off: "${key}" ends at offset ${start + range[1]}`);
    tensors.set(key, { dtype, shape, bytes: file.subarray(start + range[0], start + range[1]) });
    end = Math.max(end, range[1]);
  }
  if (start + end < file.length)
    fail(start + end, `${file.length - start - end} bytes follow the last tensor`);
  return { tensors, metadata: metadata as Record<string, string> };
}

function parseHeader(bytes: Uint8Array, fail: (what: string) => never): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    return fail(`the header is no JSON: ${(error as Error).message}`);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    return fail('the header is no object');
  return header as Record<string, unknown>;
}

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
