import type { Download } from './reads';

/** Rows of a copy from a buffer start 256 bytes apart. */
const width = 64;
const maxHeight = 2048;

/**
 * Reads by what tfjs reads by in a page, a canvas: WebGPU draws the bytes on it as pixels, WebGL takes the pixels from it.
 *
 * tfjs makes canvases of 256 x 256 pixels anew for each read and takes pixels by a 2D context, which costs ten times as much. The colours
 * stand premultiplied by alpha there; WebGL hands them out as they stand, so that every bit arrives.
 */
export function readByCanvas(device: GPUDevice): Download {
  const gl = readerOf();
  const canvases = new Map<number, GPUCanvasContext>();
  const canvasOf = (height: number): GPUCanvasContext => {
    const found = canvases.get(height);
    if (found) return found;
    const context = new OffscreenCanvas(width, height).getContext('webgpu')!;
    const usage = GPUTextureUsage.COPY_DST;
    context.configure({ device, format: 'rgba8unorm', usage, alphaMode: 'premultiplied' });
    canvases.set(height, context);
    return context;
  };
  return (buffer, submit) => {
    const pixels = buffer.size / 4;
    const bytes = new Uint8Array(Math.ceil(pixels / width) * width * 4);
    for (let first = 0; first < pixels; first += width * maxHeight) {
      const count = Math.min(pixels - first, width * maxHeight);
      const height = Math.ceil(count / width);
      const context = canvasOf(2 ** Math.ceil(Math.log2(height)));
      submit((encoder) => {
        const texture = context.getCurrentTexture();
        const copy = (row: number, size: [number, number]): void =>
          encoder.copyBufferToTexture(
            { buffer, offset: (first + row * width) * 4, bytesPerRow: width * 4 },
            { texture, origin: [0, row] },
            size,
          );
        const whole = Math.floor(count / width);
        if (whole > 0) copy(0, [width, whole]);
        if (whole < height) copy(whole, [count % width, 1]);
      });
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, context.canvas);
      gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, bytes, first * 4);
    }
    return bytes.buffer.slice(0, buffer.size);
  };
}

/** WebGL with a texture at hand that pixels are read from. */
function readerOf(): WebGL2RenderingContext {
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2')!;
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
  gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
  return gl;
}
