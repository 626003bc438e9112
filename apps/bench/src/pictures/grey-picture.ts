/**
 * Grey pictures between files and matrices: grey levels 0 … 255 as float32, row by row.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { Matrix } from "@corr2d/core";
import sharp from "sharp";
import { UsageError } from "../usage-error.ts";

/** A larger picture is refused before it is decoded: 2²⁶ pixels, 8192 × 8192. */
export const MAX_PIXELS: number = 2 ** 26;

/**
 * Reads any picture that sharp can (PNG, JPEG, WebP, AVIF, TIFF, GIF, SVG) as grey levels 0 … 255; what is transparent
 * lies on white.
 *
 * @param file path, or `file:` URL.
 * @throws UsageError if it cannot be read, is no picture, or has more than {@link MAX_PIXELS}.
 */
export async function readGrey(file: string | URL): Promise<Matrix> {
  const path = file instanceof URL ? fileURLToPath(file) : file;
  try {
    // Only the header is read here, so a picture that claims absurd sizes costs nothing.
    const { width, height } = await sharp(path, { limitInputPixels: false }).metadata();
    if (width * height > MAX_PIXELS) {
      throw new RangeError(`${width}×${height} pixels are more than the ${MAX_PIXELS} allowed; scale it down first`);
    }
    const { data, info } = await sharp(path, { limitInputPixels: MAX_PIXELS })
      .autoOrient()
      .flatten({ background: "white" })
      .greyscale()
      .toColourspace("b-w")
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { shape: [info.height, info.width], data: Float32Array.from(data) };
  } catch (error) {
    throw new UsageError(`cannot read the picture ${path}: ${(error as Error).message}`);
  }
}

/** PNG of grey levels; what lies outside 0 … 255 is clipped, fractions are rounded. */
export function encodePng({ shape: [height, width], data }: Matrix): Promise<Buffer> {
  return sharp(Uint8ClampedArray.from(data), { raw: { width, height, channels: 1 } })
    .toColourspace("b-w")
    .png({ compressionLevel: 9 })
    .toBuffer();
}
