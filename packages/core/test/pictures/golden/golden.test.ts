/** What OpenCV, scipy.ndimage and scikit-image give (cases.ts holds their results), on both engines. */

import { tensor } from "@corr2d/core";
import * as pictures from "@corr2d/core/pictures";
import { describe, expect, it } from "vitest";
import { FILTERED, KERNELS } from "./cases.ts";

/** A case, as far as each has it. */
interface Filtered {
  readonly source: string;
  /** The library's function, or one of ours that makes the kernel, and its arguments. */
  readonly call: string | readonly unknown[];
  readonly picture: readonly number[];
  readonly options: pictures.FilterPictureOptions;
  readonly result: readonly number[];
  readonly kernel?: readonly number[];
}

type Make = (...values: readonly unknown[]) => pictures.PictureKernel;

function made(call: readonly unknown[]): pictures.PictureKernel {
  const [name, ...values] = call as [string, ...unknown[]];
  return (pictures as unknown as Record<string, Make>)[name]!(...values);
}

function kernelOf({ kernel, call }: Filtered): pictures.PictureKernel {
  if (kernel === undefined) return made(call as readonly unknown[]);
  const [height, width, ...weights] = kernel as [number, number, ...number[]];
  return tensor([height, width], weights);
}

const cases = (FILTERED as readonly Filtered[]).map(
  (c, n) => [`${n}: ${c.source} ${JSON.stringify(c.call)} ${JSON.stringify(c.options)}`, c] as const,
);

describe.each(["simd", "scalar"] as const)("on %s", (engine) => {
  it.each(cases)("%s", (_, golden) => {
    const [width, height, channels, ...bytes] = golden.picture as [number, number, number, ...number[]];
    const picture = { width, height, channels, data: Uint8ClampedArray.from(bytes) };
    const { data } = pictures.filterPicture(picture, kernelOf(golden), { ...golden.options, alpha: "filter", engine });
    expect(data.length).toBe(golden.result.length);
    // OpenCV blurs bytes in fixed point, which may be one off.
    const allowed = golden.options.dtype === "uint8" ? (golden.source.endsWith("fixed point") ? 1 : 0) : 2e-3;
    data.forEach((value, i) => {
      expect(Math.abs(value - golden.result[i]!), `element ${i}: ${value}, ${golden.result[i]}`).toBeLessThanOrEqual(
        allowed,
      );
    });
  });
});

it.each((KERNELS as readonly { readonly call: readonly unknown[] }[]).map((c) => [JSON.stringify(c.call), c] as const))(
  "the kernel %s",
  (_, { call, ...parts }) => {
    const kernel = made(call) as unknown as Readonly<Record<string, Float32Array>>;
    for (const [part, values] of Object.entries(parts as Readonly<Record<string, readonly number[]>>)) {
      expect(kernel[part]!.length).toBe(values.length);
      kernel[part]!.forEach((value, i) => {
        expect(Math.abs(value - values[i]!)).toBeLessThan(2e-7 * Math.max(1, Math.abs(values[i]!)));
      });
    }
  },
);
