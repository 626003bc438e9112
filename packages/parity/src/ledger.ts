/**
 * Where TensorFlow.js is known to answer wrongly: data, with the reason and where it was reported. A comparison that an
 * entry expects to fail does not fail the run; one that it expects to fail and that agrees does, so that no entry
 * outlives what it is about.
 *
 * What TensorFlow.js says it cannot do is not in here: that is an oracle's `supports`.
 *
 * @module
 */

import { type CasePass, type ConvCase, type ResolvedAxis, resolveCase } from "@corr2d/testkit";

/** A known wrong answer of an oracle. */
export interface Divergence {
  readonly id: string;
  readonly oracle: string;
  /** The version in which it was seen. */
  readonly version: string;
  readonly what: string;
  readonly why: string;
  /** Where it was reported. */
  readonly issues: readonly string[];
  /** Whether it happens every time; a result that is left to chance may be right by chance. */
  readonly certain: boolean;
  applies(convCase: ConvCase, pass: CasePass): boolean;
}

const TFJS_ISSUES = "https://github.com/tensorflow/tfjs/issues";

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
    version: "4.22.0",
    what: "conv2d with a bias throws on an empty batch",
    why: "for an empty batch the convolution's result keeps the input's shape, which the bias then does not fit",
    issues: [],
    certain: true,
    applies: ({ inputShape, bias }, pass) => pass === "forward" && bias && inputShape[0] === 0,
  },
];

function leavesCellsUnseen({ input, output, kernel, stride, dilation }: ResolvedAxis): boolean {
  return (output - 1) * stride + (kernel - 1) * dilation + 1 < input;
}

/** The entry that expects an oracle to be wrong about this, if there is one. */
export function expectedDivergence(
  ledger: readonly Divergence[],
  oracle: string,
  convCase: ConvCase,
  pass: CasePass,
): Divergence | undefined {
  return ledger.find((entry) => entry.oracle === oracle && entry.applies(convCase, pass));
}
