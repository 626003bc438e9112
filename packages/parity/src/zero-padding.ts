/**
 * Where a NaN is no mistake. A convolution is a sum over cells of the image, so padding has no terms; but many an implementation
 * pads with zeros and multiplies them, and 0 · ∞ is NaN. Where weights, or a gradient that comes in, are not finite, both are
 * accepted, unless an implementation says that it skips padding.
 *
 * @module
 */

import {
  type CaseData,
  type CasePass,
  fromChannelsLast,
  ofPaddedImage,
  padImage,
  passOfConvolution,
  reference,
  resolveCase,
  type SpatialCase,
  sizeOf,
  toChannelsLast,
} from "@corr2d/testkit";

/** 1 for each element that is NaN where padding is multiplied; undefined where that makes no difference. */
export function nanByPadding(convCase: SpatialCase, pass: CasePass, data: CaseData): Uint8Array | undefined {
  const back = passOfConvolution(convCase, pass, data);
  if (back !== undefined) return nanByPadding(back.convCase, back.pass, back.data);
  if (convCase.paddingMode !== undefined && pass !== "inputGradient") {
    return nanByPadding(ofPaddedImage(convCase), pass, { ...data, x: padImage(data.x, convCase) });
  }
  const multiplied = { forward: data.filter, inputGradient: data.filter, filterGradient: data.dy, biasGradient: [] };
  if (multiplied[pass].every(Number.isFinite)) return undefined;
  if (pass === "inputGradient") return byWeights(convCase, data.filter);
  return Uint8Array.from(overZeros(convCase, pass, data), (value) => (Number.isNaN(value) ? 1 : 0));
}

/** A gradient by way of zeros between and around dy multiplies every weight of a channel for every cell of it. */
function byWeights(convCase: SpatialCase, filter: Float32Array): Uint8Array {
  const { inChannels, outChannels, groupInChannels, groupOutChannels } = resolveCase(convCase);
  const spoilt = new Float64Array(inChannels);
  for (const [i, weight] of filter.entries()) {
    if (Number.isFinite(weight)) continue;
    const group = Math.floor((i % outChannels) / groupOutChannels);
    spoilt[group * groupInChannels + (Math.floor(i / outChannels) % groupInChannels)] = 1;
  }
  const cells = Float64Array.from({ length: sizeOf(convCase.inputShape) }, (_, i) => spoilt[i % inChannels]);
  return Uint8Array.from(fromChannelsLast(cells, convCase, "inputGradient"));
}

/** The pass over an image that has its padding as cells. */
function overZeros(convCase: SpatialCase, pass: CasePass, { x, ...data }: CaseData): Float64Array {
  const { layout: _, rounding: __, ...usual } = convCase;
  const resolved = resolveCase(convCase);
  const rank = convCase.strides.length;
  const axes = [resolved.depth, resolved.height, resolved.width].slice(-rank).map((axis) => {
    const seen = (axis.output - 1) * axis.stride + (axis.kernel - 1) * axis.dilation + 1;
    return { ...axis, padded: Math.max(axis.before + axis.input, seen) };
  });
  const padded = axes.map((axis) => axis.padded);
  const { batch, inChannels } = resolved;
  const image = new Float32Array(batch * padded.reduce((product, size) => product * size, 1) * inChannels);
  const last = toChannelsLast(x, convCase, "inputGradient");
  for (let i = 0; i < last.length; i++) {
    let rest = Math.floor(i / inChannels);
    let [place, step] = [i % inChannels, inChannels];
    for (const { input, before, padded: size } of axes.toReversed()) {
      place += ((rest % input) + before) * step;
      rest = Math.floor(rest / input);
      step *= size;
    }
    image[rest * step + place] = last[i];
  }
  const dy = toChannelsLast(data.dy, convCase, "forward");
  const around: SpatialCase = { ...usual, inputShape: [batch, ...padded, inChannels], padding: "valid" };
  return fromChannelsLast(reference(around, pass, { ...data, x: image, dy }), convCase, pass);
}
