/**
 * image-js as a peer: `directConvolution` on 8 bits, zeros outside the picture, results rounded. The picture is wrapped,
 * not copied, inside the clock.
 *
 * @module
 */

import type { AdapterSource } from "@corr2d/parity";
import { packageVersion } from "../package-version.ts";
import { grey8, supportsOneChannel } from "./one-channel.ts";

/** image-js: pure TypeScript. */
export const imageJs: AdapterSource = {
  name: "image-js",
  summary: "image-js (TypeScript), directConvolution on 8 bits",
  async load() {
    const { Image } = await import("image-js");
    return {
      name: "image-js",
      version: packageVersion("image-js") ?? "unknown",
      threads: 1,
      supports: supportsOneChannel,
      prepare(convCase, _pass, data) {
        const [, height, width] = convCase.inputShape;
        const [kernelHeight, kernelWidth] = convCase.filterShape;
        const pixels = grey8(convCase, data);
        const kernel = Array.from({ length: kernelHeight }, (_, row) =>
          Array.from(data.filter.subarray(row * kernelWidth, (row + 1) * kernelWidth)),
        );
        let y: Uint8Array | undefined;
        return {
          run() {
            const picture = new Image(width, height, { data: pixels, colorModel: "GREY" });
            const { data: result } = picture
              .directConvolution(kernel, { borderType: "constant", borderValue: 0 })
              .getRawImage();
            y = result as Uint8Array;
          },
          inputChanged(index) {
            if (index === undefined) pixels.set(data.x);
            else pixels[index] = data.x[index];
          },
          read() {
            if (y === undefined) throw new Error("image-js: read() was called before run()");
            return Float32Array.from(y);
          },
          dispose() {},
        };
      },
    };
  },
};
