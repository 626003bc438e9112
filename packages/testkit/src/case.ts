/**
 * One convolution problem in plain data: the same object serves the conformance suite, the parity run, the gradient
 * checks and the benchmark. Nothing here knows an implementation; words and axes are those of the field:
 * activations NHWC, filter HWIO, `[height, width]` pairs.
 *
 * @module
 */

/** Cells added around the image: a rule, one number for all sides, or `[[top, bottom], [left, right]]`. */
export type CasePadding =
  | "valid"
  | "same"
  | number
  | readonly [vertical: readonly [top: number, bottom: number], horizontal: readonly [left: number, right: number]];

/** A convolution to be computed, without its data. */
export interface ConvCase {
  /** Unique and readable, such as `resnet50/conv2_x-3x3` or `stride past the kernel`. */
  readonly name: string;
  readonly inputShape: readonly [batch: number, height: number, width: number, channels: number];
  readonly filterShape: readonly [
    kernelHeight: number,
    kernelWidth: number,
    inChannelsPerGroup: number,
    outChannels: number,
  ];
  readonly strides: readonly [height: number, width: number];
  readonly padding: CasePadding;
  readonly dilations: readonly [height: number, width: number];
  readonly groups: number;
  readonly bias: boolean;
}

/** What can be asked of a case. */
export type CasePass = "forward" | "inputGradient" | "filterGradient" | "biasGradient";

/** The arrays of a case: everything any pass needs. */
export interface CaseData {
  readonly x: Float32Array;
  readonly filter: Float32Array;
  /** Present exactly if the case has a bias. */
  readonly bias: Float32Array | undefined;
  /** Gradient of the loss with respect to the output. */
  readonly dy: Float32Array;
}

/** Every pass. The bias gradient is defined without a bias too: Σ dy per output channel. */
export const CASE_PASSES: readonly CasePass[] = ["forward", "inputGradient", "filterGradient", "biasGradient"];
