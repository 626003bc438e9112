/**
 * Where TensorFlow.js is known to answer wrongly: data, with the reason and where it was reported. A comparison that an
 * entry expects to fail does not fail the run; one that it expects to fail and that agrees does, so that no entry
 * outlives what it is about.
 *
 * What TensorFlow.js says it cannot do is not in here: that is an oracle's `supports`.
 *
 * @module
 */

import {
  type CasePass,
  convolutionOf,
  convolutionPassOf,
  type ResolvedAxis,
  rankOf,
  resolveCase,
  type SpatialCase,
} from "@corr2d/testkit";
import type { DataKind } from "./generate/problem.ts";

/** A known wrong answer of an oracle. */
export interface Divergence {
  readonly id: string;
  readonly oracle: string;
  /** Of the oracle's engines the one that does so; absent if all do. */
  readonly engine?: string;
  /** The version in which it was seen. */
  readonly version: string;
  readonly what: string;
  readonly why: string;
  /** Where it was reported. */
  readonly issues: readonly string[];
  /** Whether it happens every time; a result that is left to chance may be right by chance. */
  readonly certain: boolean;
  /** Whether it is to be expected of a case. */
  applies(convCase: SpatialCase, pass: CasePass, values: DataKind): boolean;
  /** Operations that it is about. Default: convolutions, transposed ones too. */
  readonly about?: "pooling" | "all";
}

const TFJS_ISSUES = "https://github.com/tensorflow/tfjs/issues";

/** An impossible request that an oracle answers instead of refusing it. */
export interface Acceptance extends Pick<Divergence, "id" | "oracle" | "version" | "why" | "issues"> {
  /** Of negative/requests.ts. */
  readonly request: string;
}

/** Something that an oracle cannot do, or does otherwise, and that no case can ask: a probe looks whether it is still so. */
export interface Limitation extends Pick<Divergence, "id" | "oracle" | "version" | "what" | "why" | "issues"> {
  /** Probes it: whether it is still so. */
  holds(): Promise<boolean>;
}

/** The known divergences. */
export const LEDGER: readonly Divergence[] = [
  {
    id: "wasm-same-strides-past-kernel",
    oracle: "tfjs-wasm",
    version: "4.22.0",
    what: 'padding "same" with strides that leave input cells unseen: every tap reads zero, the result is the bias',
    why:
      "the total padding (output − 1)·stride + kernel − input is negative there; XNNPACK computes it unsigned, so the " +
      "image lies 2³¹ cells away (1×1 kernels take another road)",
    issues: [`${TFJS_ISSUES}/5907`, `${TFJS_ISSUES}/6629`],
    certain: true,
    applies(convCase, pass) {
      if (pass !== "forward" || convCase.padding !== "same") return false;
      const { height, width } = resolveCase(convCase);
      const pointwise = height.kernel === 1 && width.kernel === 1;
      return !pointwise && (leavesCellsUnseen(height) || leavesCellsUnseen(width));
    },
  },
  {
    id: "wasm-sum-of-nothing",
    oracle: "tfjs-wasm",
    version: "4.22.0",
    what: "the sum over an empty batch is what the memory held, not 0",
    why: "the Sum kernel writes nothing where there is nothing to add",
    issues: [],
    certain: false,
    applies: ({ inputShape }, pass) => pass === "biasGradient" && inputShape[0] === 0,
  },
  {
    id: "node-bias-on-empty-batch",
    oracle: "tfjs-node",
    engine: "oneDNN",
    version: "4.22.0",
    what: "conv2d with a bias throws on an empty batch",
    why: "for an empty batch the convolution's result keeps the input's shape, which the bias then does not fit",
    issues: [],
    certain: true,
    applies: (convCase, pass) =>
      pass === "forward" &&
      convCase.bias &&
      convCase.inputShape[0] === 0 &&
      // Fused to the depthwise kernel it does no harm.
      convCase.groups === 1,
  },
  ...["tfjs-cpu", "tfjs-wasm"].map(
    (oracle): Divergence => ({
      id: `${oracle.slice("tfjs-".length)}-gradient-ignores-rounding`,
      oracle,
      version: "4.22.0",
      what: "gradients do without the outputs that rounding up has added",
      why: "the gradient of conv2d does not hand dimRoundingMode on, so the kernel takes the output for smaller than it is",
      issues: [],
      // What those outputs add may be zero.
      certain: false,
      applies: (convCase, pass) => isGradient(pass) && hasRoundedUp(convCase),
    }),
  ),
  ...["tfjs-cpu", "tfjs-wasm"].map(
    (oracle): Divergence => ({
      id: `${oracle.slice("tfjs-".length)}-3d-same-strides-past-kernel`,
      oracle,
      version: "4.22.0",
      what: 'conv3d and its gradients with padding "same" and strides that leave cells unseen begin after the first cell',
      why: "the total padding is negative there, and a half of it is taken for the padding before the volume",
      issues: [],
      // Odd and even halves are not equally wrong.
      certain: false,
      applies(convCase, pass) {
        if (rankOf(convCase) !== 3 || pass === "biasGradient" || convCase.padding !== "same") return false;
        const { depth, height, width } = resolveCase(convCase);
        return [depth, height, width].some(leavesCellsUnseen);
      },
    }),
  ),
  {
    id: "wasm-3d-gradients",
    oracle: "tfjs-wasm",
    version: "4.22.0",
    what: "gradients of conv3d are wrong in many shapes: terms are missing, and sums begin with what the memory held",
    why: "unknown; strides that differ by axis and results larger than what is written are among them",
    issues: [],
    certain: false,
    applies: (convCase, pass) => rankOf(convCase) === 3 && isGradient(pass),
  },
  {
    id: "wasm-clamps-nan",
    oracle: "tfjs-wasm",
    version: "4.22.0",
    what: "a NaN is answered as −Infinity",
    why: "XNNPACK clamps every output between −Infinity and Infinity, and the maximum of NaN and −Infinity is the latter there",
    issues: [],
    // Some of its microkernels keep it.
    certain: false,
    about: "all",
    applies: (_, pass, values) => pass === "forward" && values.startsWith("non-finite"),
  },
  {
    id: "wasm-forward-ignores-rounding",
    oracle: "tfjs-wasm",
    version: "4.22.0",
    what: "outputs that rounding up has added are what the memory held",
    why: "XNNPACK computes the size of the output itself, and rounds down",
    issues: [],
    certain: false,
    applies: (convCase, pass) => pass === "forward" && hasRoundedUp(convCase),
  },
  {
    id: "node-flushes-subnormals",
    oracle: "tfjs-node",
    version: "4.22.0",
    what: "numbers below 2⁻¹²⁶ are 0",
    why: "TensorFlow has the processor flush subnormals to zero, for speed",
    issues: [],
    certain: false,
    about: "all",
    // The small ones among what is lopsided are below, too.
    applies: (_, _pass, values) => values === "subnormal" || values === "lopsided",
  },
  ...["tfjs-cpu", "tfjs-wasm"].map(
    (oracle): Divergence => ({
      id: `${oracle.slice("tfjs-".length)}-average-pool-gradient-counts-padding`,
      oracle,
      version: "4.22.0",
      what: "the gradient of a mean is divided by all cells of its window, the mean itself by those of the image",
      why: "AvgPoolGrad takes one over the window's size for every window, those at borders too",
      issues: [],
      certain: false,
      about: "pooling",
      applies: (convCase, pass) => convCase.pool === "average" && isGradient(pass) && axesOf(convCase).some(isPadded),
    }),
  ),
  ...["tfjs-cpu", "tfjs-wasm"].map(
    (oracle): Divergence => ({
      id: `${oracle.slice("tfjs-".length)}-3d-pool-same-strides-past-window`,
      oracle,
      version: "4.22.0",
      what: 'pooling of volumes and its gradients with padding "same" and strides that leave cells unseen begin elsewhere',
      why: "as in conv3d, the total padding is negative there, and a half of it is taken for the padding before the volume",
      issues: [],
      certain: false,
      about: "pooling",
      applies: (convCase) =>
        convCase.pool !== undefined &&
        rankOf(convCase) === 3 &&
        convCase.padding === "same" &&
        axesOf(convCase).some(leavesCellsUnseen),
    }),
  ),
  {
    id: "cpu-3d-max-pool-gradient-of-oblong-windows",
    oracle: "tfjs-cpu",
    version: "4.22.0",
    what: "in volumes the gradient of the largest goes to other cells where a window is not as high as wide",
    why: "the place in the window is written with the height for the length of a row, and read with the width",
    issues: [],
    certain: false,
    about: "pooling",
    applies: (convCase, pass) =>
      convCase.pool === "max" && isGradient(pass) && rankOf(convCase) === 3 && isOblong(convCase.filterShape),
  },
  {
    id: "wasm-3d-max-pool-of-negatives",
    oracle: "tfjs-wasm",
    version: "4.22.0",
    what: "in volumes the largest of negative numbers is 2⁻¹²⁶",
    why: "the search begins at the smallest positive float32, numeric_limits<float>::min, and not at the lowest",
    issues: [],
    certain: false,
    about: "pooling",
    applies: (convCase, pass) => convCase.pool === "max" && pass === "forward" && rankOf(convCase) === 3,
  },
  {
    id: "wasm-max-pool-gradient",
    oracle: "tfjs-wasm",
    version: "4.22.0",
    what: "the gradient of the largest goes to other cells, or to none",
    why: "unknown; windows of negative numbers are among them",
    issues: [],
    certain: false,
    about: "pooling",
    applies: (convCase, pass) => convCase.pool === "max" && isGradient(pass),
  },
  {
    id: "node-average-pool-gradient-past-image",
    oracle: "tfjs-node",
    version: "4.22.0",
    what: "the gradient of a mean is wrong where a window reaches past the image on both sides",
    why: "unknown",
    issues: [],
    certain: false,
    about: "pooling",
    applies: (convCase, pass) =>
      convCase.pool === "average" && isGradient(pass) && axesOf(convCase).some(({ kernel, input }) => kernel > input),
  },
];

function axesOf(convCase: SpatialCase): readonly ResolvedAxis[] {
  const { depth, height, width } = resolveCase(convCase);
  return [depth, height, width].slice(-rankOf(convCase));
}

function isPadded({ before, after }: ResolvedAxis): boolean {
  return before + after > 0;
}

function isOblong(filterShape: readonly number[]): boolean {
  return filterShape.at(-4) !== filterShape.at(-3);
}

function isGradient(pass: CasePass): boolean {
  return pass === "inputGradient" || pass === "filterGradient";
}

/** Whether rounding makes the output larger than it would be rounded down. */
function hasRoundedUp(convCase: SpatialCase): boolean {
  const { rounding = "floor" } = convCase;
  if (rounding === "floor") return false;
  const [given, down] = [convCase, { ...convCase, rounding: "floor" as const }].map(resolveCase);
  return (["depth", "height", "width"] as const).some((axis) => given[axis].output > down[axis].output);
}

/** What an oracle answers although it is impossible, by its name. */
const ACCEPTED: Readonly<Record<string, readonly string[]>> = {
  "tfjs-cpu": [
    "stride-fraction",
    "stride-nan",
    "dilation-zero",
    "dilation-negative",
    "dilation-fraction",
    "padding-fraction",
    "padding-negative",
  ],
  "tfjs-wasm": [
    "stride-negative",
    "dilation-negative",
    "padding-fraction",
    "padding-negative",
    "kernel-past-image",
    "dilated-kernel-past-image",
  ],
  "tfjs-node": ["stride-fraction", "dilation-fraction", "padding-fraction"],
};

/** The impossible requests that are known to be answered. */
export const ACCEPTANCES: readonly Acceptance[] = Object.entries(ACCEPTED).flatMap(([oracle, requests]) =>
  requests.map((request) => ({
    id: `${oracle.slice("tfjs-".length)}-accepts-${request}`,
    oracle,
    version: "4.22.0",
    request,
    why: "nobody checks it: the backend computes with what it is given, or the number is cut to an integer on its way",
    issues: [],
  })),
);

function leavesCellsUnseen({ input, output, kernel, stride, dilation }: ResolvedAxis): boolean {
  return (output - 1) * stride + (kernel - 1) * dilation + 1 < input;
}

/** The entry that expects an oracle to be wrong about this, if there is one. */
export function expectedDivergence(
  ledger: readonly Divergence[],
  oracle: { readonly name: string; readonly engine?: string },
  convCase: SpatialCase,
  pass: CasePass,
  values: DataKind,
): Divergence | undefined {
  // TensorFlow.js computes a transposed convolution by the passes of the convolution that leads back.
  const computed = pass === "biasGradient" ? pass : convolutionPassOf(convCase, pass);
  const about = convCase.pool === undefined ? undefined : "pooling";
  return ledger.find(
    (entry) =>
      (entry.about === "all" || entry.about === about) &&
      entry.oracle === oracle.name &&
      (entry.engine === undefined || entry.engine === oracle.engine) &&
      entry.applies(convolutionOf(convCase), computed, values),
  );
}

/** The entry that expects an oracle to answer an impossible request, if there is one. */
export function expectedAcceptance(
  ledger: readonly Acceptance[],
  oracle: string,
  request: string,
): Acceptance | undefined {
  return ledger.find((entry) => entry.oracle === oracle && entry.request === request);
}
