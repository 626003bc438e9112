/**
 * One axis of a convolution: sizes, padding and rounding, resolved to plain numbers.
 *
 * With input size n, kernel size k, stride s, dilation d, padding p before and q after:
 *
 *     effective kernel  kₑ = (k − 1)·d + 1
 *     output size       o  = round((n + p + q − kₑ) / s) + 1
 *
 * and, the other way round, for a transposed convolution with output padding r:
 *
 *     output size       o  = (n − 1)·s − p − q + kₑ + r
 *
 * `"valid"` is p = q = 0. `"same"` gives o = ⌈n / s⌉ (transposed: o = n·s) and shares what that takes between both sides,
 * the odd cell after (TensorFlow's rule, ONNX's SAME_UPPER); `"same-lower"` has the odd cell before (SAME_LOWER).
 *
 * Sources: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning", arXiv:1603.07285; TensorFlow,
 * tf.nn, "Notes on padding"; ONNX, operators Conv and ConvTranspose; PyTorch, torch.nn.ConvTranspose2d.
 *
 * @module
 */

/** How the quotient in the output size becomes an integer; halves go up. */
export type Rounding = "floor" | "round" | "ceil";

/** Padding of one axis: a rule, or cells before and after. */
export type AxisPadding = "valid" | "same" | "same-lower" | readonly [before: number, after: number];

/** An axis in plain numbers. For a transposed convolution it is the axis of the convolution that it is the transpose of. */
export interface AxisGeometry {
  readonly inSize: number;
  readonly kernelSize: number;
  readonly outSize: number;
  readonly stride: number;
  readonly dilation: number;
  /** Cells before the first and after the last one of the input, as asked for. */
  readonly before: number;
  readonly after: number;
  /** Cells past `after` that the last output still looks at: rounding up makes them. They are always absent. */
  readonly overhang: number;
}

/** What the arithmetic of an axis starts from. */
export interface AxisRequest {
  /** Name of the caller and of the axis, for errors. */
  readonly operation: string;
  readonly axis: string;
  readonly inSize: number;
  readonly kernelSize: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: AxisPadding;
}

/** An axis along which nothing happens: a lower-dimensional convolution has these. */
export const UNIT_AXIS: AxisGeometry = /* @__PURE__ */ Object.freeze({
  inSize: 1,
  kernelSize: 1,
  outSize: 1,
  stride: 1,
  dilation: 1,
  before: 0,
  after: 0,
  overhang: 0,
});

/** Input cells from the first tap of the kernel to the last, both included. */
export function effectiveKernel({ kernelSize, dilation }: Pick<AxisGeometry, "kernelSize" | "dilation">): number {
  return (kernelSize - 1) * dilation + 1;
}

/**
 * Resolves an axis of a convolution.
 *
 * @throws RangeError if the kernel exceeds the padded input.
 */
export function resolveAxis(request: AxisRequest, rounding: Rounding): AxisGeometry {
  const { operation, axis, inSize, kernelSize, stride, dilation, padding } = request;
  const extent = effectiveKernel(request);
  if (padding === "same" || padding === "same-lower") {
    const outSize = Math.ceil(inSize / stride);
    const [before, after] = share(Math.max(0, (outSize - 1) * stride + extent - inSize), padding);
    return Object.freeze({ inSize, kernelSize, outSize, stride, dilation, before, after, overhang: 0 });
  }
  const [before, after] = padding === "valid" ? [0, 0] : padding;
  const padded = inSize + before + after;
  if (extent > padded) {
    const dilated = dilation > 1 ? ` (${extent} with dilation ${dilation})` : "";
    const what = before + after > 0 ? `padded input ${axis} ${padded}` : `input ${axis} ${inSize}`;
    throw new RangeError(`${operation}: kernel ${axis} ${kernelSize}${dilated} exceeds ${what}`);
  }
  const outSize = Math[rounding]((padded - extent) / stride) + 1;
  const overhang = Math.max(0, (outSize - 1) * stride + extent - padded);
  return Object.freeze({ inSize, kernelSize, outSize, stride, dilation, before, after, overhang });
}

/**
 * Resolves an axis of a transposed convolution; `request.inSize` is the size of *its* input. The result is the axis of the
 * convolution that leads back: its `inSize` is the size of the output asked for here.
 *
 * @param outputPadding cells added after the output.
 * @param outputSize size of the output; it takes the place of `outputPadding`.
 * @throws RangeError if the output is empty, or has more cells than taps and strides reach.
 */
export function resolveTransposedAxis(
  request: AxisRequest,
  outputPadding: number,
  outputSize: number | undefined,
): AxisGeometry {
  const { operation, axis, inSize, kernelSize, stride, dilation, padding } = request;
  const extent = effectiveKernel(request);
  const largest = Math.max(stride, dilation) - 1;
  const isSame = padding === "same" || padding === "same-lower";
  // A size that was asked for by itself leaves the padding no say (WebNN); as "same", it shares both out.
  if (outputPadding > largest && (outputSize === undefined || isSame)) {
    throw new RangeError(
      `${operation}: outputPadding ${outputPadding} along ${axis} must be smaller than ` +
        `the larger of stride ${stride} and dilation ${dilation}`,
    );
  }
  const reach = (inSize - 1) * stride + extent;
  let [before, after] = isSame || padding === "valid" ? [0, 0] : padding;
  const outSize = outputSize ?? (isSame ? inSize * stride : reach - before - after + outputPadding);
  if (outSize < 1) {
    throw new RangeError(
      `${operation}: output ${axis} (${inSize} − 1)·${stride} − ${before} − ${after} + ${extent} + ${outputPadding} = ` +
        `${outSize} must be at least 1; take less padding`,
    );
  }
  const smallest = isSame ? 1 : reach - before - after;
  if (outputSize !== undefined && (outputSize < smallest || outputSize > reach - before - after + largest)) {
    throw new RangeError(
      `${operation}: output ${axis} ${outputSize} cannot come from input ${axis} ${inSize} with this kernel, stride, ` +
        `dilation and padding; it must be from ${Math.max(1, smallest)} to ${reach - before - after + largest}`,
    );
  }
  if (isSame) [before, after] = share(Math.max(0, reach + outputPadding - outSize), padding);
  // The convolution that leads back may need fewer cells after (what output padding added) or more.
  after = Math.max(0, reach - before - outSize);
  return Object.freeze({
    inSize: outSize,
    kernelSize,
    outSize: inSize,
    stride,
    dilation,
    before,
    after,
    overhang: 0,
  });
}

function share(total: number, rule: "same" | "same-lower"): [before: number, after: number] {
  const smaller = Math.floor(total / 2);
  return rule === "same" ? [smaller, total - smaller] : [total - smaller, smaller];
}
