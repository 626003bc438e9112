/**
 * What the image libraries can be asked: one grey picture, one odd square kernel, an output of the same size.
 *
 * @module
 */

import type { CaseData, CasePass, ConvCase } from "@corr2d/testkit";

/** Whether a case is a filter on one grey picture: true, or the reason why not. */
export function supportsOneChannel(convCase: ConvCase, pass: CasePass): true | string {
  if (pass !== "forward") return "an image library has no gradients";
  const { inputShape, filterShape, strides, dilations, padding, bias } = convCase;
  const [kernelHeight, kernelWidth, , outChannels] = filterShape;
  const isPicture = inputShape[0] === 1 && inputShape[3] === 1 && outChannels === 1 && !bias;
  const isPlain = [...strides, ...dilations].every((step) => step === 1) && padding === "same";
  const isOddSquare = kernelHeight === kernelWidth && kernelHeight % 2 === 1;
  return (isPicture && isPlain && isOddSquare) || "only one grey picture with one odd square kernel, same size out";
}

/** The picture in 8 bits. */
export function grey8(convCase: ConvCase, data: CaseData): Uint8Array {
  const pixels = Uint8Array.from(data.x);
  const lost = data.x.findIndex((value, i) => value !== pixels[i]);
  if (lost !== -1) {
    throw new RangeError(
      `${convCase.name}: x[${lost}] = ${data.x[lost]} is no 8-bit grey level (an integer of 0 to 255)`,
    );
  }
  return pixels;
}
