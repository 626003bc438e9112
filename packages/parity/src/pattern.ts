/**
 * Patterns of names.
 *
 * @module
 */

/** A pattern of names: * stands for anything, everything else for itself, anywhere in the name. */
export function patternOf(text: string): RegExp {
  return new RegExp(text.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*"));
}
