/** The definition of `filterPicture`, pixel by pixel in float64, with nothing in common with the source. */

import type { Boundary, FilterPictureOptions, Picture, PictureKernel } from "@corr2d/core/pictures";

/** The cell that stands for cell `i` of `size`; undefined for none. */
function inside(boundary: Boundary, i: number, size: number): number | undefined {
  if (i >= 0 && i < size) return i;
  if (boundary === "constant") return undefined;
  if (boundary === "edge") return i < 0 ? 0 : size - 1;
  if (boundary === "wrap") return inside(boundary, i < 0 ? i + size : i - size, size);
  if (boundary === "symmetric") return inside(boundary, i < 0 ? -1 - i : 2 * size - 1 - i, size);
  return size === 1 ? 0 : inside(boundary, i < 0 ? -i : 2 * size - 2 - i, size);
}

/** The results in float64, before they are rounded to bytes or floats. */
export function filterByDefinition(
  { width, height, data, channels: given, stride: givenStride }: Picture,
  kernel: PictureKernel,
  options: FilterPictureOptions = {},
): number[] {
  const channels = given ?? data.length / (width * height);
  const stride = givenStride ?? width * channels;
  const { boundary = "reflect", fillValue = 0, flip = false, scale = 1, offset = 0, absolute = false } = options;
  const [h, w] = "shape" in kernel ? kernel.shape : [kernel.column.length, kernel.row.length];
  const weightAt = (a: number, b: number): number =>
    "shape" in kernel ? kernel.data[a * w + b]! : kernel.column[a]! * kernel.row[b]!;
  const anchor = options.anchor ?? { x: Math.floor(w / 2), y: Math.floor(h / 2) };
  const { x: x0, y: y0, width: columns, height: rows } = options.region ?? { x: 0, y: 0, width, height };
  const alpha = channels % 2 === 0 ? (options.alpha ?? "keep") : "filter";
  let total = 0;
  for (let a = 0; a < h; a++) for (let b = 0; b < w; b++) total += weightAt(a, b);
  const pixelAt = (y: number, x: number, c: number): number => {
    const [row, column] = [inside(boundary, y, height), inside(boundary, x, width)];
    return row === undefined || column === undefined ? fillValue : data[row * stride + column * channels + c]!;
  };
  const results: number[] = [];
  for (let y = y0; y < y0 + rows; y++) {
    for (let x = x0; x < x0 + columns; x++) {
      const sums = new Array<number>(channels).fill(0);
      for (let a = 0; a < h; a++) {
        for (let b = 0; b < w; b++) {
          // A convolution: the weight at (a, b) belongs to the pixel on the other side of the anchor.
          const [dy, dx] = flip ? [anchor.y - a, anchor.x - b] : [a - anchor.y, b - anchor.x];
          const opacity = alpha === "premultiply" ? pixelAt(y + dy, x + dx, channels - 1) : 1;
          for (let c = 0; c < channels; c++) {
            const isAlpha = c === channels - 1;
            sums[c]! += weightAt(a, b) * pixelAt(y + dy, x + dx, c) * (isAlpha ? 1 : opacity);
          }
        }
      }
      const opacity = alpha === "premultiply" ? sums[channels - 1]! / total : 1;
      for (let c = 0; c < channels; c++) {
        const isAlpha = c === channels - 1 && alpha !== "filter";
        if (isAlpha) results.push(alpha === "keep" ? pixelAt(y, x, c) : opacity);
        else {
          const z = scale * (opacity > 0 ? sums[c]! / opacity : 0) + offset;
          results.push(absolute ? Math.abs(z) : z);
        }
      }
    }
  }
  return results;
}
