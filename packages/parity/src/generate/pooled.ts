/**
 * Pooling, made of convolutions: the windows are those of their kernels, one for each channel.
 *
 * @module
 */

import { type CasePool, describeCase, operationOf, rankOf, type SpatialCase, seesCells } from "@corr2d/testkit";

type Unnamed = Omit<SpatialCase, "name">;

const POOLS: readonly CasePool[] = ["average", "max"];

/** Pooling by the windows of a convolution, by the pool of this number; undefined where some window would see nothing but padding. */
export function poolOf(convCase: Unnamed, number: number): Unnamed | undefined {
  if (operationOf(convCase) !== "convolution" || convCase.paddingMode !== undefined) return undefined;
  const channels = convCase.inputShape.at(-1)!;
  const pool: Unnamed = {
    ...convCase,
    filterShape: [...convCase.filterShape.slice(0, rankOf(convCase)), 1, channels],
    groups: channels,
    bias: false,
    pool: POOLS[number % POOLS.length]!,
  };
  return seesCells({ ...pool, name: "to be pooled" }) ? pool : undefined;
}

/** Both kinds of pooling of some convolutions, in turn, by names of their own. */
export function poolsOf(cases: readonly SpatialCase[]): readonly SpatialCase[] {
  let count = 0;
  return cases.flatMap((convCase): SpatialCase[] => {
    const { name: _, ...about } = convCase;
    const pool = poolOf(about, count);
    if (pool === undefined) return [];
    count++;
    return [{ ...pool, name: describeCase(pool) }];
  });
}
