/**
 * The stages, by the names that stand in the address, in their order.
 *
 * @module
 */

/** The names. */
export const STAGE_IDS = [
  "slide",
  "dense",
  "drag",
  "flip",
  "arithmetic",
  "field",
  "learn",
  "digits",
  "machine",
] as const;

/** One of them. */
export type StageId = (typeof STAGE_IDS)[number];
