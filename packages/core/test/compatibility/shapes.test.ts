/**
 * Output sizes as the documentation of other systems states them, and what "same", "valid" and rounding mean there.
 */

import {
  type ConvOptions,
  conv1d,
  conv2d,
  convTranspose2d,
  type FusedOptions,
  plan,
  type Rounding,
  tensor,
  zeros,
} from "@corr2d/core";
import { describe, expect, it } from "vitest";

const sizes = [1, 2, 3, 5, 8, 13];
const kernels = [1, 2, 3, 4];
const strides = [1, 2, 3];
const dilations = [1, 2, 3];

const square = (channels: number, size: number) => [1, size, size, channels] as const;
const filter = (kernel: number) => zeros([kernel, kernel, 1, 1]);

describe("torch.nn.Conv2d", () => {
  it("⌊(H + 2·padding − dilation·(kernel − 1) − 1) / stride + 1⌋", () => {
    let checked = 0;
    for (const size of sizes)
      for (const kernel of kernels)
        for (const stride of strides)
          for (const dilation of dilations)
            for (const padding of [0, 1, 2]) {
              const numerator = size + 2 * padding - dilation * (kernel - 1) - 1;
              const planned = () =>
                plan(conv2d, square(1, size), filter(kernel), { strides: stride, dilations: dilation, padding });
              if (numerator < 0) expect(planned).toThrow(/^plan\(conv2d\): kernel height .* exceeds/);
              else expect(planned().outputShape).toEqual(square(1, Math.floor(numerator / stride + 1)));
              checked++;
            }
    expect(checked).toBe(648);
  });
});

describe("torch.nn.ConvTranspose2d", () => {
  it("(H − 1)·stride − 2·padding + dilation·(kernel − 1) + output_padding + 1", () => {
    let checked = 0;
    for (const size of sizes)
      for (const kernel of kernels)
        for (const stride of strides)
          for (const dilation of dilations)
            for (const padding of [0, 1, 2])
              for (const outputPadding of [0, 1, 2]) {
                const out = (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + outputPadding + 1;
                const options = { strides: stride, dilations: dilation, padding, outputPadding };
                const planned = () => plan(convTranspose2d, square(1, size), filter(kernel), options);
                if (outputPadding >= Math.max(stride, dilation))
                  expect(planned).toThrow(
                    /outputPadding \d along height must be smaller than the larger of stride \d and dilation \d$/,
                  );
                else if (out < 1) expect(planned).toThrow(/output height .* must be at least 1; take less padding$/);
                else expect(planned().outputShape).toEqual(square(1, out));
                checked++;
              }
    expect(checked).toBe(1944);
  });
});

describe("TensorFlow", () => {
  it("valid: ⌈(size − effective kernel + 1) / stride⌉; same: ⌈size / stride⌉", () => {
    for (const size of sizes)
      for (const kernel of kernels)
        for (const stride of strides)
          for (const dilation of dilations) {
            const options = { strides: stride, dilations: dilation };
            const extent = (kernel - 1) * dilation + 1;
            const same = plan(conv2d, square(1, size), filter(kernel), { ...options, padding: "same" });
            expect(same.outputShape).toEqual(square(1, Math.ceil(size / stride)));
            if (extent > size) continue;
            const valid = plan(conv2d, square(1, size), filter(kernel), { ...options, padding: "valid" });
            expect(valid.outputShape).toEqual(square(1, Math.ceil((size - extent + 1) / stride)));
          }
  });

  it("same: the example of tf.nn's notes, width 13, kernel 6, stride 5", () => {
    // 13 cells of which each is its own power of two show which cells a window sees.
    const x = tensor(
      [1, 13, 1],
      Array.from({ length: 13 }, (_, i) => 2 ** i),
    );
    const sum = tensor([6, 1, 1], [1, 1, 1, 1, 1, 1]);
    const window = (from: number, to: number): number => 2 ** to - 2 ** from;
    expect(Array.from(conv1d(x, sum, { strides: 5, padding: "valid" }).data)).toEqual([window(0, 6), window(5, 11)]);
    const seen = [window(0, 5), window(4, 10), window(9, 13)]; // one cell of padding before, two after
    expect(Array.from(conv1d(x, sum, { strides: 5, padding: "same" }).data)).toEqual(seen);
  });

  it("causal (Keras): as many cells as there are, none of which sees a later one", () => {
    const x = tensor([1, 6, 1], [1, 2, 4, 8, 16, 32]);
    const causal = (taps: number, dilation: number) =>
      conv1d(x, tensor([taps, 1, 1], new Float32Array(taps).fill(1)), {
        padding: [[(taps - 1) * dilation, 0]],
        dilations: dilation,
      });
    expect(Array.from(causal(3, 1).data)).toEqual([1, 3, 7, 14, 28, 56]);
    expect(Array.from(causal(2, 3).data)).toEqual([1, 2, 4, 9, 18, 36]);
  });

  it("conv2d_transpose with output_shape undoes the sizes of conv2d", () => {
    for (const padding of ["valid", "same"] as const)
      for (const size of sizes)
        for (const kernel of kernels)
          for (const stride of strides) {
            if (padding === "valid" && kernel > size) continue;
            const options = { strides: stride, padding };
            const small = plan(conv2d, square(1, size), filter(kernel), options).outputShape;
            const back = convTranspose2d(zeros(small), filter(kernel), { ...options, outputSize: size });
            expect(back.shape).toEqual(square(1, size));
          }
  });
});

describe("dimRoundingMode of TensorFlow.js", () => {
  it("rounds (size + padding − kernel) / stride, halves up", () => {
    const out = (size: number, options: ConvOptions<2> & FusedOptions): number =>
      plan(conv2d, square(1, size), filter(2), options).outputShape[1];
    const each = (size: number, stride: number) =>
      (["floor", "round", "ceil"] as const).map((rounding: Rounding) => out(size, { strides: stride, rounding }));
    expect(each(6, 4)).toEqual([2, 2, 2]); // 4 / 4
    expect(each(7, 4)).toEqual([2, 2, 3]); // 5 / 4
    expect(each(8, 4)).toEqual([2, 3, 3]); // 6 / 4
    expect(each(9, 4)).toEqual([2, 3, 3]); // 7 / 4
    expect(out(9, { strides: 4, rounding: "ceil", padding: "same" })).toBe(3);
  });

  it("sees nothing past the padded image", () => {
    const x = tensor([1, 1, 4, 1], [1, 2, 4, 8]);
    const sum = tensor([1, 2, 1, 1], [1, 1]);
    const rounded = { strides: [1, 3], rounding: "ceil" } as const;
    expect(Array.from(conv2d(x, sum, rounded).data)).toEqual([3, 8]);
    const padding = [
      [0, 0],
      [0, 2],
    ] as const;
    expect(Array.from(conv2d(x, sum, { ...rounded, padding }).data)).toEqual([3, 8, 0]);
    expect(Array.from(conv2d(x, sum, { ...rounded, padding, paddingMode: "edge" }).data)).toEqual([3, 16, 0]);
    const bias = new Float32Array([0.5]);
    expect(Array.from(conv2d(x, sum, { ...rounded, padding, bias }).data)).toEqual([3.5, 8.5, 0.5]);
  });
});
