/*
 * Messages of Protocol Buffers: fields by number, each a tag and a value (https://protobuf.dev/programming-guides/encoding). A message is its
 * fields one after the other, in any order.
 */

const encoder = new TextEncoder();

/** Seven bits a byte, the lowest first; negative numbers in two's complement. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.of(...bytes, Number(rest));
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const tagged = (field: number, wire: number, ...value: Uint8Array[]): Uint8Array =>
  joined([varint(field * 8 + wire), ...value]);

/** A whole number, a truth value or one of an enumeration. */
export const whole = (field: number, value: number): Uint8Array => tagged(field, 0, varint(value));

export const float = (field: number, value: number): Uint8Array =>
  tagged(field, 5, new Uint8Array(Float32Array.of(value).buffer));

export function text(field: number, value: string): Uint8Array {
  return bytes(field, encoder.encode(value));
}

export const bytes = (field: number, value: Uint8Array): Uint8Array =>
  tagged(field, 2, varint(value.length), value);

export const message = (field: number, ...fields: Uint8Array[]): Uint8Array => bytes(field, joined(fields));
