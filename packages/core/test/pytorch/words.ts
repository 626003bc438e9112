/**
 * PyTorch's words for convolutions in ours: names of modules and functions, and of options.
 *
 * @module
 */

import * as core from "@corr2d/core";

/** The functions that compute what a module does, and its gradients. */
export function functionsOf(kind: string): { forward: string; inputGradient: string; filterGradient: string } {
  const name = kind.startsWith("ConvTranspose") ? `conv${kind.at(-2)}dTranspose` : kind.toLowerCase();
  return { forward: name, inputGradient: `${name}InputGradient`, filterGradient: `${name}FilterGradient` };
}

/** Calls one of those by its name. */
export const call = (name: string, ...values: unknown[]): core.Tensor =>
  (core as unknown as Record<string, (...values: unknown[]) => core.Tensor>)[name](...values);

/** Number of spatial axes of a module: of Conv2d two. */
export const rankOf = (kind: string): 1 | 2 | 3 => Number(/\d/.exec(kind)![0]) as 1 | 2 | 3;

/** Options of a module. */
export function optionsOf(kind: string, options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const renamed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (name === "stride") renamed.strides = value;
    else if (name === "dilation") renamed.dilations = value;
    else if (name === "padding_mode") renamed.paddingMode = value;
    else if (name === "output_padding") renamed.outputPadding = value;
    else if (name === "padding") {
      const each = Array.isArray(value) ? value : Array.from({ length: rankOf(kind) }, () => value);
      renamed.padding = value === "same" ? value : each.map((p) => [p, p]);
    } else renamed[name] = value;
  }
  return renamed;
}

/** Algorithms that sum integers exactly. */
export const EXACT: readonly string[] = core.algorithms
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
