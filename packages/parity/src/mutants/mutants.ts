/**
 * The mutants: mistakes that people make in convolutions. A check that lets one live would have let the mistake live.
 *
 * @module
 */

import { MEMORY_MUTANTS } from "./memory.ts";
import { PADDING_MUTANTS } from "./modes.ts";
import { type Mutant, ofJoints } from "./mutant.ts";
import { OPTION_MUTANTS } from "./options.ts";
import { POOL_MUTANTS } from "./pooled.ts";
import { PRECISION_MUTANTS } from "./precision.ts";
import { SIZE_MUTANTS } from "./sizes.ts";
import { SLIPS } from "./slips.ts";
import { TRANSPOSED_MUTANTS } from "./transposed.ts";
import { VALUE_MUTANTS } from "./values.ts";

/** All of them, by where the mistake lies. */
export const MUTANTS: readonly Mutant[] = [
  ...SLIPS.map(({ id, what, joints }) => ofJoints(id, what, joints)),
  ...OPTION_MUTANTS,
  ...TRANSPOSED_MUTANTS,
  ...PADDING_MUTANTS,
  ...POOL_MUTANTS,
  ...SIZE_MUTANTS,
  ...VALUE_MUTANTS,
  ...PRECISION_MUTANTS,
  ...MEMORY_MUTANTS,
];
