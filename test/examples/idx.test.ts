import { fc, test } from '@fast-check/vitest';
import { expect, test as example } from 'vitest';
import { Failure } from '../../examples/shared/failure';
import { parseIdx } from '../../examples/data/idx';
import { encodeIdx } from './idx-file';

const shapes = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 });
const arrays = shapes.chain((shape) => {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  return fc.record({
    shape: fc.constant(shape),
    values: fc.uint8Array({ minLength: size, maxLength: size }),
  });
});

test.prop([arrays])('an encoded array comes back', ({ shape, values }) => {
  expect(parseIdx(encodeIdx(shape, values), shape.length, 'some')).toEqual({ shape, values });
});

test.prop([arrays, fc.nat()])(
  'a file cut off anywhere is refused at the offset of its end',
  ({ shape, values }, cut) => {
    const whole = encodeIdx(shape, values);
    const part = whole.subarray(0, cut % whole.length);
    const parse = () => parseIdx(part, shape.length, 'some-file');
    expect(parse).toThrow(Failure);
    expect(parse).toThrow(`some-file: at offset ${part.length}: `);
  },
);

example('a view into a larger buffer is read from its own start', () => {
  const file = encodeIdx([2], [7, 8]);
  const buffer = new Uint8Array([99, ...file]);
  expect(parseIdx(buffer.subarray(1), 1, 'some').values).toEqual(Uint8Array.of(7, 8));
});

example('another magic number is refused', () => {
  const bytes = encodeIdx([1, 2], [1, 2]);
  expect(() => parseIdx(bytes, 1, 'labels')).toThrow(
    'labels: at offset 0: expected the magic number 0x00000801, got 0x00000802',
  );
});

example('bytes after the data are refused', () => {
  const bytes = new Uint8Array([...encodeIdx([2], [1, 2]), 3]);
  expect(() => parseIdx(bytes, 1, 'labels')).toThrow(
    'labels: at offset 10: 1 bytes follow the 2 that 2 announces',
  );
});
