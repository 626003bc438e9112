/**
 * Convolutions from the weights of a file.
 *
 * @module
 */

import type { WeightFile } from "@corr2d/core/weights";
import type { Convolution } from "./network.ts";

/** What a convolution needs beside its weights. */
export interface ConvolutionParts extends Pick<Convolution, "name" | "from" | "padding"> {
  /** Names of the weights in the file. */
  readonly filter: string;
  readonly bias?: string;
  /** Whether each channel has a filter of its own: [kh, kw, C, 1] is read as [kh, kw, 1, C] in C groups. */
  readonly depthwise?: boolean;
}

/**
 * Reads the convolutions of one file.
 *
 * @param source name of the file, for messages.
 * @throws RangeError where a weight is missing or has the wrong number of axes; TypeError where it holds no numbers.
 */
export function convolutionReader(source: string, weights: WeightFile): (parts: ConvolutionParts) => Convolution {
  const read = (name: string, rank: number): { readonly shape: readonly number[]; readonly data: Float32Array } => {
    const stored = weights.get(name);
    if (stored?.shape.length !== rank) {
      const found = stored === undefined ? "there is none" : `it is [${stored.shape}]`;
      throw new RangeError(`${source}: weight ${name} must have ${rank} axes, but ${found}`);
    }
    const { shape, data } = stored.read();
    return { shape, data: Float32Array.from(data) };
  };
  return ({ name, from, padding, filter, bias, depthwise = false }) => {
    const { shape, data } = read(filter, 4);
    const [height, width, channels, last] = shape;
    if (depthwise && last !== 1)
      throw new RangeError(`${source}: ${filter} must have one filter a channel, got ${last}`);
    return {
      kind: "convolution",
      name,
      from,
      filter: { shape: depthwise ? [height, width, 1, channels] : [height, width, channels, last], data },
      bias: bias === undefined ? undefined : read(bias, 1).data,
      strides: [1, 1],
      padding,
      groups: depthwise ? channels : 1,
    };
  };
}
