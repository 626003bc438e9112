/**
 * The module that `corr2d-parity init` writes: right, slow, and to be replaced from its loops outwards.
 *
 * @module
 */

/** Its text, as the README shows it. */
export const MODULE_TEMPLATE = `// my-conv.js: activations are NHWC, filters HWIO
const sizeOf = (shape) => shape.reduce((a, b) => a * b);
export const supports = (convCase, pass) => convCase.groups === 1 || "no groups";

export function forward({ inputShape, filterShape, outputShape, strides, dilations, pads }, { x, filter, bias }) {
  const [, height, width, channels] = inputShape;
  const [kernelHeight, kernelWidth, , outChannels] = filterShape;
  const [, outHeight, outWidth] = outputShape;
  const fits = x.length === sizeOf(inputShape) && filter.length === sizeOf(filterShape);
  if (!fits || (bias && bias.length !== outChannels)) throw new RangeError("the arrays do not have their shapes");
  return Float32Array.from({ length: sizeOf(outputShape) }, (_, at) => {
    const cell = Math.floor(at / outChannels);
    const [o, j, i] = [at % outChannels, cell % outWidth, Math.floor(cell / outWidth) % outHeight];
    const image = Math.floor(cell / outWidth / outHeight);
    let sum = bias ? bias[o] : 0;
    for (let a = 0; a < kernelHeight; a++) {
      for (let b = 0; b < kernelWidth; b++) {
        const [h, w] = [i * strides[0] + a * dilations[0] - pads[0][0], j * strides[1] + b * dilations[1] - pads[1][0]];
        if (h < 0 || h >= height || w < 0 || w >= width) continue;
        for (let c = 0; c < channels; c++) {
          const tap = filter[((a * kernelWidth + b) * channels + c) * outChannels + o];
          sum += tap * x[((image * height + h) * width + w) * channels + c];
        }
      }
    }
    return sum;
  });
}
// optional: inputGradient(convCase, { filter, dy }), filterGradient(convCase, { x, dy }), biasGradient(convCase, { dy })
// and, to be asked for more or less: reach = { ranks, layouts, roundings, paddingModes, operations }, sharedMemory = false,
// precision = "float64"
`;
