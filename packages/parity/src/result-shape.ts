/**
 * Where an element of a result stands.
 *
 * @module
 */

import { type CasePass, resultShapeOf, type SpatialCase } from "@corr2d/testkit";

/** The shape of a result as its array lies in memory. */
export function shapeInMemory(convCase: SpatialCase, pass: CasePass): readonly number[] {
  const shape = resultShapeOf(convCase, pass);
  const isActivation = pass === "forward" || pass === "inputGradient";
  if (convCase.layout !== "channels first" || !isActivation) return shape;
  return [shape[0]!, shape.at(-1)!, ...shape.slice(1, -1)];
}
