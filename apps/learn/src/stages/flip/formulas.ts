/**
 * The two sums as the lecture writes them and as code has them.
 *
 * @module
 */

import convolutionFromOne from "./convolution-from-one.tex";
import convolutionFromZero from "./convolution-from-zero.tex";
import correlationFromOne from "./correlation-from-one.tex";
import correlationFromZero from "./correlation-from-zero.tex";

/** By where the counting begins. */
export const FORMULAS = {
  one: { correlation: correlationFromOne, convolution: convolutionFromOne },
  zero: { correlation: correlationFromZero, convolution: convolutionFromZero },
} as const;
