/**
 * Cases of a user's own, from a JSON file: an array of shapes and options, of which only the shapes must be there.
 *
 *     [{ "inputShape": [1, 224, 224, 3], "filterShape": [7, 7, 3, 64], "strides": [2, 2], "padding": [[3, 3], [3, 3]] }]
 *
 * With `"transposed": { "outputPadding": [1, 1] }` it is a transposed convolution; with `"pool": "average"` or `"max"`, as many
 * groups as channels and a window such as `[3, 3, 1, 64]` as its filter it pools.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { describeCase, resolveCase, type SpatialCase } from "@corr2d/testkit";
import * as z from "zod";

const count = z.int().min(0);
const SCHEMA = z
  .array(
    z.strictObject({
      name: z.string().optional(),
      inputShape: z.array(count).min(3).max(5),
      filterShape: z.array(count).min(3).max(5),
      strides: z.array(count).optional(),
      padding: z.union([z.literal(["valid", "same"]), count, z.array(z.tuple([count, count]))]).optional(),
      dilations: z.array(count).optional(),
      groups: count.optional(),
      bias: z.boolean().optional(),
      layout: z.literal(["channels last", "channels first"]).optional(),
      rounding: z.literal(["floor", "round", "ceil"]).optional(),
      paddingMode: z.literal(["edge", "reflect", "symmetric", "wrap"]).optional(),
      pool: z.literal(["average", "max"]).optional(),
      transposed: z.strictObject({ outputPadding: z.array(count) }).optional(),
    }),
  )
  .min(1);

/**
 * The cases of a file.
 *
 * @throws RangeError naming the file and the case that cannot be.
 */
export function readCases(path: string): readonly SpatialCase[] {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new RangeError(`--cases: ${path} cannot be read as JSON: ${(error as Error).message}`);
  }
  const parsed = SCHEMA.safeParse(json);
  if (!parsed.success) throw new RangeError(`--cases: ${path}: ${z.prettifyError(parsed.error)}`);
  return parsed.data.map((given, i): SpatialCase => {
    const ones = Array.from({ length: given.inputShape.length - 2 }, () => 1);
    const { name, layout, rounding, transposed, paddingMode, pool } = given;
    const about = {
      inputShape: given.inputShape,
      filterShape: given.filterShape,
      strides: given.strides ?? ones,
      padding: given.padding ?? "valid",
      dilations: given.dilations ?? ones,
      groups: given.groups ?? 1,
      bias: given.bias ?? pool === undefined,
      ...(layout !== undefined && { layout }),
      ...(rounding !== undefined && { rounding }),
      ...(paddingMode !== undefined && { paddingMode }),
      ...(transposed !== undefined && { transposed }),
      ...(pool !== undefined && { pool }),
    } as const;
    try {
      const convCase = { name: `own ${i + 1}: ${name ?? describeCase(about)}`, ...about };
      resolveCase(convCase);
      return convCase;
    } catch (error) {
      throw new RangeError(`--cases: ${path}, case ${i + 1}: ${(error as Error).message}`);
    }
  });
}
