/**
 * Grey pictures between files and matrices: grey levels 0 … 255 as float32, row by row.
 *
 * @module
 */

import { execFile } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Matrix } from "@corr2d/core";
import sharp from "sharp";
import { UsageError } from "../usage-error.ts";

/** A larger picture is refused before it is decoded: 2²⁶ pixels, 8192 × 8192. */
export const MAX_PIXELS: number = 2 ** 26;

/** Longer than this nobody waits for a picture. */
const DECODING_LIMIT_MS = 20_000;

/** As this file runs from source or built, so does the decoder. */
const DECODER = fileURLToPath(new URL(`decode${extname(fileURLToPath(import.meta.url))}`, import.meta.url));

/**
 * Reads any picture that sharp can (PNG, JPEG, WebP, AVIF, TIFF, GIF, SVG) as grey levels 0 … 255; what is transparent
 * lies on white.
 *
 * @param file path, or `file:` URL.
 * @throws UsageError if it cannot be read, is no picture, has more than {@link MAX_PIXELS} or takes too long to decode.
 */
export async function readGrey(file: string | URL, limitMs: number = DECODING_LIMIT_MS): Promise<Matrix> {
  const path = file instanceof URL ? fileURLToPath(file) : file;
  try {
    return await decode(path, limitMs);
  } catch (error) {
    throw new UsageError(`cannot read the picture ${path}: ${(error as Error).message}`);
  }
}

/** Decodes in a process of its own, which is ended when its time is up. */
function decode(path: string, timeout: number): Promise<Matrix> {
  return new Promise((resolve, reject) => {
    const options = { encoding: "buffer", timeout, killSignal: "SIGKILL", maxBuffer: MAX_PIXELS + 64 } as const;
    execFile(process.execPath, [DECODER, path, String(MAX_PIXELS)], options, (error, output, errors) => {
      if (error?.killed === true) {
        reject(new Error(`decoding takes more than ${timeout / 1000} s; give it as a PNG or JPEG`));
        return;
      }
      if (error !== null) {
        reject(new Error(errors.toString("utf8") || `its decoder ended (${error.signal ?? error.code})`));
        return;
      }
      const end = output.indexOf("\n");
      const [height, width] = output.toString("latin1", 0, end).split(" ").map(Number) as [number, number];
      resolve({ shape: [height, width], data: Float32Array.from(output.subarray(end + 1)) });
    });
  });
}

/** PNG of grey levels; what lies outside 0 … 255 is clipped, fractions are rounded. */
export function encodePng({ shape: [height, width], data }: Matrix): Promise<Buffer> {
  return sharp(Uint8ClampedArray.from(data), { raw: { width, height, channels: 1 } })
    .toColourspace("b-w")
    .png({ compressionLevel: 9 })
    .toBuffer();
}
