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

/** Order of the axes of activations in memory; the filter's is the same in either. */
export type CaseLayout = "channels last" | "channels first";

/** What stands in the cells of padding, where it is not nothing; the words are NumPy's. */
export type CasePaddingMode = "edge" | "reflect" | "symmetric" | "wrap";

/** What is made of the cells that a window sees, where it is no sum of products. */
export type CasePool = "average" | "max";

/** How (padded input − effective kernel) / stride becomes an integer, one less than the output size; halves go up. */
export type CaseRounding = "floor" | "round" | "ceil";

/**
 * A convolution over one, two or three spatial axes, of which {@link ConvCase} is the usual kind. Shapes are *written* with
 * channels last whatever the layout: `[batch, …spatial, channels]` and `[…kernel, inChannels / groups, outChannels]`; the
 * arrays of x, y and dy lie in memory as `layout` says.
 */
export interface SpatialCase {
  readonly name: string;
  readonly inputShape: readonly number[];
  readonly filterShape: readonly number[];
  /** One for each spatial axis, as are dilations and pairs of padding. */
  readonly strides: readonly number[];
  readonly padding: "valid" | "same" | number | readonly (readonly [before: number, after: number])[];
  readonly dilations: readonly number[];
  readonly groups: number;
  readonly bias: boolean;
  /** Default: channels last. */
  readonly layout?: CaseLayout;
  /** Default: floor. The size that "same" gives is not rounded by this. */
  readonly rounding?: CaseRounding;
  /** What padding shows of the image. Default: nothing, which is zeros. */
  readonly paddingMode?: CasePaddingMode;
  /**
   * There if it pools: then its filter is a window, `[…window, 1, channels]`, of which there are as many groups as channels, and
   * whose array is empty; there is no bias, and no gradient but that of the input.
   */
  readonly pool?: CasePool;
  /**
   * There if it is a transposed convolution. Then `inputShape` is still that of its input, the filter is
   * `[…kernel, outChannels / groups, inChannels]`, nothing is rounded, and an axis of n cells becomes
   * (n − 1)·stride − before − after + (kernel − 1)·dilation + 1 + outputPadding, or n·stride with "same".
   */
  readonly transposed?: {
    /** For each spatial axis, less than its stride; 0 with "same". */
    readonly outputPadding: readonly number[];
  };
}

/** What a case computes. */
export type CaseOperation = "convolution" | "transposed" | "average pool" | "max pool";

/** What a case computes. */
export function operationOf({ transposed, pool }: Pick<SpatialCase, "transposed" | "pool">): CaseOperation {
  if (pool !== undefined) return `${pool} pool`;
  return transposed === undefined ? "convolution" : "transposed";
}

/** What can be asked of a case: of pooling, which has neither filter nor bias, the output and the gradient of its input. */
export function passesOf({ pool }: Pick<SpatialCase, "pool">): readonly CasePass[] {
  return pool === undefined ? CASE_PASSES : ["forward", "inputGradient"];
}

/** Number of spatial axes. */
export function rankOf({ inputShape }: Pick<SpatialCase, "inputShape">): number {
  return inputShape.length - 2;
}

/** Whether a case is of the usual kind: a convolution of two axes, channels last, rounded down, padded by nothing. */
export function isPlanar(convCase: SpatialCase): convCase is ConvCase {
  const { layout = "channels last", rounding = "floor", paddingMode } = convCase;
  const isUsual = layout === "channels last" && rounding === "floor" && operationOf(convCase) === "convolution";
  return rankOf(convCase) === 2 && isUsual && paddingMode === undefined;
}

/** What can be asked of a case. */
export type CasePass = "forward" | "inputGradient" | "filterGradient" | "biasGradient";

/** An array of numbers that can be made anew. */
export type Numbers = Float32Array | Float64Array;

/** The arrays of a case, x and dy in its layout: everything any pass needs. */
export interface CaseData<A extends Numbers = Float32Array> {
  readonly x: A;
  readonly filter: A;
  /** Present exactly if the case has a bias. */
  readonly bias: A | undefined;
  /** Gradient of the loss with respect to the output. */
  readonly dy: A;
}

/** Every pass. The bias gradient is defined without a bias too: Σ dy per output channel. */
export const CASE_PASSES: readonly CasePass[] = ["forward", "inputGradient", "filterGradient", "biasGradient"];
