import { expect, test } from 'vitest';
import { bytes, float, message, text, whole } from '../../src/jit/tensorflow/protobuf';

test('fields are written as the examples of Protocol Buffers have them', () => {
  // https://protobuf.dev/programming-guides/encoding
  expect(Array.from(whole(1, 150))).toEqual([0x08, 0x96, 0x01]);
  expect(Array.from(whole(1, -2))).toEqual([0x08, 0xfe, ...Array<number>(8).fill(0xff), 0x01]);
  expect(Array.from(text(2, 'testing'))).toEqual([0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67]);
  expect(Array.from(message(3, whole(1, 150)))).toEqual([0x1a, 0x03, 0x08, 0x96, 0x01]);
  expect(Array.from(float(1, 1))).toEqual([0x0d, 0, 0, 0x80, 0x3f]);
  expect(Array.from(bytes(16, new Uint8Array(200))).slice(0, 4)).toEqual([0x82, 0x01, 0xc8, 0x01]);
});
