/**
 * Pictures as arrays.
 *
 * @module
 */

/** 8-bit values as float32, [height, width, 3]. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** Pictures for networks are small; a file that says otherwise is not one of ours. */
const MAX_PIXELS = 2 ** 24;

/** Reads a picture file in RGB; transparency is dropped. */
export async function readPicture(path: string): Promise<Picture> {
  const { default: sharp } = await import("sharp");
  const image = sharp(path, { limitInputPixels: MAX_PIXELS }).toColourspace("srgb").removeAlpha();
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new RangeError(`picture ${path}: expected 3 channels, got ${info.channels}`);
  return { width: info.width, height: info.height, data: Float32Array.from(data) };
}

/**
 * A square out of the middle.
 *
 * @throws RangeError if the picture is smaller.
 */
export function crop({ width, height, data }: Picture, size: number): Picture {
  if (!(Number.isInteger(size) && size >= 1 && size <= Math.min(width, height))) {
    throw new RangeError(`crop: size must be an integer from 1 to ${Math.min(width, height)}, got ${size}`);
  }
  const [top, left] = [(height - size) >> 1, (width - size) >> 1];
  const result = new Float32Array(size * size * 3);
  for (let row = 0; row < size; row++) {
    const from = ((top + row) * width + left) * 3;
    result.set(data.subarray(from, from + size * 3), row * size * 3);
  }
  return { width: size, height: size, data: result };
}
