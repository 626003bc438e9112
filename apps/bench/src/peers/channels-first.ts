/**
 * Moves arrays between channels last (NHWC, HWIO: ours and TensorFlow's) and channels first (NCHW, OIHW: those of ONNX
 * and PyTorch). Both ways are the exchange of two blocks of axes: [a, b, c] → [a, c, b].
 *
 * @module
 */

/** NHWC → NCHW, with `pixels` = height · width. */
export function toChannelsFirst(
  data: Float32Array,
  batch: number,
  pixels: number,
  channels: number,
): Float32Array<ArrayBuffer> {
  return exchangeLastAxes(data, batch, pixels, channels);
}

/** Where the element that lies at `index` in NHWC lies in NCHW, with `pixels` = height · width. */
export function channelsFirstIndex(index: number, pixels: number, channels: number): number {
  const place = Math.floor(index / channels);
  const image = Math.floor(place / pixels);
  return (image * channels + (index % channels)) * pixels + (place % pixels);
}

/** NCHW → NHWC, with `pixels` = height · width. */
export function toChannelsLast(
  data: Float32Array,
  batch: number,
  pixels: number,
  channels: number,
): Float32Array<ArrayBuffer> {
  return exchangeLastAxes(data, batch, channels, pixels);
}

/** HWIO → OIHW: first the outputs go to the front, then each output's [taps, inputs] becomes [inputs, taps]. */
export function toOutputsFirst(
  filter: Float32Array,
  taps: number,
  inputs: number,
  outputs: number,
): Float32Array<ArrayBuffer> {
  return exchangeLastAxes(exchangeLastAxes(filter, 1, taps * inputs, outputs), outputs, taps, inputs);
}

/** [outer, rows, columns] → [outer, columns, rows]. */
function exchangeLastAxes(data: Float32Array, outer: number, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const result = new Float32Array(data.length);
  for (let block = 0; block < outer; block++) {
    const start = block * rows * columns;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        result[start + column * rows + row] = data[start + row * columns + column];
      }
    }
  }
  return result;
}
