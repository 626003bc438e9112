/**
 * Pictures as they come, from a canvas, sharp or a camera: pixels row by row, the channels of a pixel side by side,
 *
 *     data[y · stride + x · channels + c]        0 ≤ x < width, 0 ≤ y < height, 0 ≤ c < channels
 *
 * and the checks of them.
 *
 * @module
 */

import { requireInteger } from "../../geometry/options.ts";
import { describe, MAX_ELEMENTS } from "../../tensor/tensor.ts";

/** Bytes, as a canvas and decoders give them, or floats. */
export type PictureData = Uint8ClampedArray | Uint8Array | Float32Array;

/** What a channel of a pixel is: a byte or a float. */
export type PictureDType = "uint8" | "float32";

/**
 * A picture: an `ImageData` is one, and so is what sharp's `raw()` gives with its `info`. One channel is grey, two are grey and
 * alpha, three RGB, four RGBA.
 */
export interface Picture<T extends PictureData = PictureData> {
  readonly width: number;
  readonly height: number;
  readonly data: T;
  /** 1 to 4. Default: as many as `data` has for each pixel. */
  readonly channels?: number | undefined;
  /** Elements of `data` from one row to the next, for a picture in a larger one. Default width · channels. */
  readonly stride?: number | undefined;
}

/** Sizes of a picture in plain numbers. */
export interface PictureFormat {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly dtype: PictureDType;
}

const KINDS: Readonly<Record<string, PictureDType>> = {
  Uint8ClampedArray: "uint8",
  Uint8Array: "uint8",
  Float32Array: "float32",
};

/** The element type of the data of a picture, which may come from another realm; undefined of anything else. */
export function pictureDTypeOf(data: unknown): PictureDType | undefined {
  return ArrayBuffer.isView(data) ? KINDS[(data as PictureData)[Symbol.toStringTag]] : undefined;
}

/** Checks a picture, and gives its sizes. */
export function checkPicture(
  operation: string,
  parameter: string,
  value: unknown,
): PictureFormat & { readonly stride: number } {
  const picture = Object(value) as Picture;
  const { data } = picture;
  const dtype = pictureDTypeOf(data);
  if (dtype === undefined) {
    const got = data === undefined ? describe(value) : `data of ${describe(data)}`;
    throw new TypeError(
      `${operation}: ${parameter} must be { width, height, data } with data a Uint8ClampedArray, Uint8Array or Float32Array, got ${got}`,
    );
  }
  const { width, height } = checkSides(operation, parameter, picture);
  const isStrided = picture.stride !== undefined;
  if (picture.channels === undefined && isStrided) {
    throw new RangeError(
      `${operation}: ${parameter}.channels must be given with stride, from which they cannot be told`,
    );
  }
  const channels = picture.channels ?? data.length / (width * height);
  const what = `${width} × ${height} pixels`;
  if (picture.channels === undefined && !isChannels(channels)) {
    throw new RangeError(
      `${operation}: ${parameter} of ${what} needs 1 to 4 elements of data for each, got ${data.length} in all, which is ${channels} for each`,
    );
  }
  checkChannels(operation, parameter, channels);
  const row = width * channels;
  const stride = picture.stride ?? row;
  requireInteger(operation, `${parameter}.stride`, stride, row);
  const needed = isStrided ? stride * (height - 1) + row : row * height;
  if (isStrided ? data.length < needed : data.length !== needed) {
    throw new RangeError(
      `${operation}: ${parameter} of ${what} with ${channels} ${channels === 1 ? "channel" : "channels"} needs ${needed} elements of data, got ${data.length}`,
    );
  }
  return { width, height, channels, dtype, stride };
}

/** Checks a format that stands for pictures to come; of a picture it is its own. */
export function checkFormat(operation: string, parameter: string, value: unknown): PictureFormat {
  const given = Object(value) as Partial<Picture & PictureFormat>;
  if (given.data !== undefined) return checkPicture(operation, parameter, value);
  if (Object(value) !== value) {
    throw new TypeError(`${operation}: ${parameter} must be { width, height, channels }, got ${describe(value)}`);
  }
  const { width, height } = checkSides(operation, parameter, given);
  const { channels = 4, dtype = "uint8" } = given;
  checkChannels(operation, parameter, channels);
  checkDType(operation, `${parameter}.dtype`, dtype);
  return { width, height, channels, dtype };
}

/** Throws unless a value names what channels are. */
export function checkDType(operation: string, parameter: string, value: unknown): asserts value is PictureDType {
  if (value === "uint8" || value === "float32") return;
  throw new RangeError(`${operation}: ${parameter} must be "uint8" or "float32", got ${describe(value)}`);
}

function checkSides(
  operation: string,
  parameter: string,
  { width, height }: { readonly width?: unknown; readonly height?: unknown },
): { readonly width: number; readonly height: number } {
  requireInteger(operation, `${parameter}.width`, width, 1);
  requireInteger(operation, `${parameter}.height`, height, 1);
  const pixels = (width as number) * (height as number);
  if (pixels > MAX_ELEMENTS) {
    throw new RangeError(`${operation}: ${parameter} has ${pixels} pixels, more than the ${MAX_ELEMENTS} allowed`);
  }
  return { width: width as number, height: height as number };
}

function checkChannels(operation: string, parameter: string, channels: unknown): void {
  if (isChannels(channels)) return;
  if (typeof channels !== "number") {
    throw new TypeError(`${operation}: ${parameter}.channels must be a number, got ${describe(channels)}`);
  }
  throw new RangeError(
    `${operation}: ${parameter}.channels must be 1 (grey), 2 (grey and alpha), 3 (RGB) or 4 (RGBA), got ${channels}`,
  );
}

function isChannels(channels: unknown): boolean {
  return channels === 1 || channels === 2 || channels === 3 || channels === 4;
}

/** Data of a picture, of floats, or of bytes like those of `like`. */
export function makeData(dtype: PictureDType, length: number, like: PictureData): PictureData {
  if (dtype === "float32") return new Float32Array(length);
  return like[Symbol.toStringTag] === "Uint8Array" ? new Uint8Array(length) : new Uint8ClampedArray(length);
}
