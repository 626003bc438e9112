/**
 * sharp (libvips) as a peer: `convolve` on 8 bits. It repeats the edge cells outside the picture and cuts the
 * fraction off instead of rounding. Raw bytes go in and come out inside the clock; no image format is involved.
 *
 * @module
 */

import type { AdapterSource } from "@corr2d/parity";
import { grey8, supportsOneChannel } from "./one-channel.ts";

/** sharp, its cache of results off. */
export const sharpConvolve: AdapterSource = {
  name: "sharp",
  summary: "sharp (libvips, native code), convolve on 8 bits",
  async load({ threads = 1 } = {}) {
    const { default: sharp } = await import("sharp");
    sharp.concurrency(threads);
    sharp.cache(false);
    return {
      name: "sharp",
      version: `${sharp.versions.sharp} (libvips ${sharp.versions.vips})`,
      threads,
      supports: supportsOneChannel,
      prepare(convCase, _pass, data) {
        const [, height, width] = convCase.inputShape;
        const [kernelHeight, kernelWidth] = convCase.filterShape;
        const pixels = grey8(convCase, data);
        const raw = { width, height, channels: 1 } as const;
        // Without a scale, sharp would divide by the sum of the weights.
        const kernel = { width: kernelWidth, height: kernelHeight, kernel: Array.from(data.filter), scale: 1 };
        let y: Uint8Array | undefined;
        return {
          async run() {
            // One band in, one band out: without "b-w" the result would come as three equal ones.
            y = await sharp(pixels, { raw }).convolve(kernel).toColourspace("b-w").raw().toBuffer();
          },
          inputChanged(index) {
            if (index === undefined) pixels.set(data.x);
            else pixels[index] = data.x[index];
          },
          read() {
            if (y === undefined) throw new Error("sharp: read() was called before run()");
            return Float32Array.from(y);
          },
          dispose() {},
        };
      },
    };
  },
};
