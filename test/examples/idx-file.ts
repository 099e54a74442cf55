/** The bytes of an idx file of unsigned bytes. */
export function encodeIdx(shape: readonly number[], values: ArrayLike<number>): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  header.setUint32(0, 0x0800 | shape.length);
  shape.forEach((dimension, axis) => header.setUint32(4 + 4 * axis, dimension));
  return new Uint8Array([...new Uint8Array(header.buffer), ...Array.from(values)]);
}
