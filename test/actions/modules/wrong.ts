/**
 * The same with a mistake: it takes the stride of the width for both axes.
 *
 * @module
 */

import type { ModulePass } from "@corr2d/parity";
import { forward as right } from "./right.ts";

export { supports } from "./right.ts";

export const forward: ModulePass = (convCase, data) => {
  const width = convCase.strides.at(-1)!;
  return right({ ...convCase, strides: [width, width] }, data);
};
