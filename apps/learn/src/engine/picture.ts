/**
 * The shared picture and what a kernel makes of it. It is held here, beside core, as grey values from 0 to 1; the page has
 * only its name. Canvases of the page are drawn on from here, so that nothing of the size of a picture crosses over.
 *
 * @module
 */

import { corr2d, EDGE, type Matrix, plan, tensor } from "./core.ts";

/** A picture as numbers. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  /** From 0, black, to 1, white; row by row. */
  readonly grey: Float32Array;
}

/** What a filtered picture is told to be drawn with. */
export interface Filtered {
  readonly height: number;
  readonly width: number;
  /** Of the correlation alone. */
  readonly milliseconds: number;
}

/** Longest side of a picture; larger ones are scaled down. */
const LONGEST = 640;

type Drawing = OffscreenCanvasRenderingContext2D;

const canvases = new Map<string, Drawing>();
let scratch: Drawing | undefined;
let picture: Picture = { height: 1, width: 1, grey: new Float32Array(1) };
let prepared:
  | { readonly key: string; run(x: Float32Array, y: Float32Array): Float32Array; y: Float32Array }
  | undefined;

/** Takes a canvas of the page by name, in the place of the one that had it. */
export function attachCanvas(name: string, canvas: OffscreenCanvas): void {
  canvases.set(name, canvas.getContext("2d")!);
  if (name === "picture") drawPicture();
}

/** Makes a bitmap the shared picture. */
export function setPicture(bitmap: ImageBitmap): { readonly height: number; readonly width: number } {
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  scratch ??= new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true })!;
  resize(scratch, width, height);
  scratch.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const { data } = scratch.getImageData(0, 0, width, height);
  const grey = new Float32Array(width * height);
  // Luma of Rec. 601.
  for (let i = 0; i < grey.length; i++) {
    grey[i] = (0.299 * data[4 * i]! + 0.587 * data[4 * i + 1]! + 0.114 * data[4 * i + 2]!) / 255;
  }
  picture = { height, width, grey };
  drawPicture();
  return { height, width };
}

/** The picture that is shared. */
export function currentPicture(): Picture {
  return picture;
}

/** The picture, or the middle of it, made as small as `height` × `width` by means over areas. */
export function smallPicture(height: number, width: number): Float32Array {
  const scale = Math.min(picture.height / height, picture.width / width);
  const top = (picture.height - height * scale) / 2;
  const left = (picture.width - width * scale) / 2;
  const small = new Float32Array(height * width);
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const rows = span(top + i * scale, scale, picture.height);
      const columns = span(left + j * scale, scale, picture.width);
      let sum = 0;
      for (let k = rows[0]; k < rows[1]; k++) {
        for (let l = columns[0]; l < columns[1]; l++) sum += picture.grey[k * picture.width + l]!;
      }
      small[i * width + j] = sum / ((rows[1] - rows[0]) * (columns[1] - columns[0]));
    }
  }
  return small;
}

/** First cell and the one after the last of what an area covers, at least one. */
function span(start: number, length: number, end: number): readonly [number, number] {
  const first = Math.min(end - 1, Math.floor(start));
  return [first, Math.min(end, Math.max(first + 1, Math.floor(start + length)))];
}

/** Part of the picture, as large as asked for, its corner moved as far inside as needed. */
export function patch(top: number, left: number, side: number): Float32Array {
  const rows = Math.min(side, picture.height);
  const columns = Math.min(side, picture.width);
  const first = Math.max(0, Math.min(picture.height - rows, top));
  const across = Math.max(0, Math.min(picture.width - columns, left));
  const cells = new Float32Array(side * side);
  for (let i = 0; i < rows; i++) {
    const start = (first + i) * picture.width + across;
    cells.set(picture.grey.subarray(start, start + columns), i * side);
  }
  return cells;
}

/** Correlates the picture with a kernel and draws the result on the canvas `filtered`. */
export function filterPicture(kernel: Matrix): Filtered {
  const { height, width, grey } = picture;
  const key = `${height} ${width} ${kernel.shape} ${kernel.data}`;
  const start = performance.now();
  if (prepared?.key !== key) {
    const made = plan(corr2d, [height, width], tensor(kernel.shape, kernel.data), {
      mode: "same",
      boundary: EDGE,
    });
    prepared = { key, run: (x, y) => made.run(x, y), y: new Float32Array(height * width) };
  }
  prepared.run(grey, prepared.y);
  const milliseconds = performance.now() - start;
  const [scale, offset] = toneOf(kernel.data, prepared.y);
  draw("filtered", height, width, prepared.y, scale, offset);
  return { height, width, milliseconds };
}

/**
 * How sums become grey: y · scale + offset. Weights that add up to something keep the brightness of the picture; of those that
 * add up to nothing the grey in the middle stands for 0, and what they find is made strong enough to be seen.
 */
export function toneOf(weights: Float32Array, y: Float32Array): readonly [scale: number, offset: number] {
  let [sum, magnitude] = [0, 0];
  for (const weight of weights) {
    sum += weight;
    magnitude += Math.abs(weight);
  }
  if (magnitude === 0) return [1, 0];
  if (Math.abs(sum) > 0.05 * magnitude) return [1 / sum, 0];
  let squares = 0;
  for (const value of y) squares += value * value;
  const spread = Math.sqrt(squares / y.length);
  return [Math.min(6 / magnitude, 0.18 / (spread + 1e-9)), 0.5];
}

function drawPicture(): void {
  draw("picture", picture.height, picture.width, picture.grey, 1, 0);
}

/** Draws values as grey on a canvas, if it is there. */
function draw(name: string, height: number, width: number, values: Float32Array, scale: number, offset: number): void {
  const canvas = canvases.get(name);
  if (canvas === undefined) return;
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < pixels.length; i++) {
    const level = Math.max(0, Math.min(255, Math.round(255 * (values[i]! * scale + offset))));
    pixels[i] = 0xff000000 | (level * 0x010101);
  }
  resize(canvas, width, height);
  canvas.putImageData(image, 0, 0);
}

function resize({ canvas }: Drawing, width: number, height: number): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}
