/**
 * PyTorch's words for convolutions in ours: names of modules and functions, and of options.
 *
 * @module
 */

import * as core from "@corr2d/core";
import { algorithms } from "@corr2d/core/internals";

/** PyTorch's words for what stands in the padding, in NumPy's. */
const MODES: Readonly<Record<string, string>> = {
  zeros: "constant",
  reflect: "reflect",
  replicate: "edge",
  circular: "wrap",
};

type Compute = (...values: unknown[]) => core.Tensor;

/** The functions that compute what a module does, and its gradients. */
export function functionsOf(kind: string): { forward: Compute; inputGradient: Compute; filterGradient: Compute } {
  const rank = rankOf(kind);
  const name = kind.startsWith("ConvTranspose") ? `convTranspose${rank}d` : `conv${rank}d`;
  const forward = (core as unknown as Record<string, Compute>)[name];
  const of =
    (verb: unknown): Compute =>
    (...values) =>
      (verb as Compute)(forward, ...values);
  return { forward, inputGradient: of(core.inputGradient), filterGradient: of(core.filterGradient) };
}

/** Number of spatial axes of a module: of Conv2d two. */
export const rankOf = (kind: string): 1 | 2 | 3 => Number(/\d/.exec(kind)![0]) as 1 | 2 | 3;

/** Options of a module. */
export function optionsOf(kind: string, options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const renamed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (name === "stride") renamed.strides = value;
    else if (name === "dilation") renamed.dilations = value;
    else if (name === "padding_mode") renamed.paddingMode = MODES[value as string];
    else if (name === "output_padding") renamed.outputPadding = value;
    else if (name === "padding") {
      const each = Array.isArray(value) ? value : Array.from({ length: rankOf(kind) }, () => value);
      renamed.padding = value === "same" ? value : each.map((p) => [p, p]);
    } else renamed[name] = value;
  }
  return renamed;
}

/** Algorithms that sum integers exactly. */
export const EXACT: readonly string[] = algorithms
  .filter(({ errorBound }) => errorBound.kind === "element")
  .map(({ name }) => name);

/** What an algorithm computes, or undefined if it says that it does not support this. */
export function computeIfSupported(algorithm: string, compute: () => core.Tensor): core.Tensor | undefined {
  try {
    return compute();
  } catch (error) {
    if (algorithm !== "auto" && algorithm !== "naive" && /does not support/.test(String(error))) return undefined;
    throw error;
  }
}
