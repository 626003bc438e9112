import { expect, it } from "vitest";
import { collectGarbage } from "../../test/collect-garbage.ts";
import { channelTile } from "./group-tile.ts";
import { registerTile } from "./register-tile.ts";

/** By how many bytes the typed arrays there are grow while something is made. */
function growth(make: () => unknown): number {
  collectGarbage();
  const before = process.memoryUsage().arrayBuffers;
  make();
  return process.memoryUsage().arrayBuffers - before;
}

/** Arrays of so few bytes lie in V8's heap and are not counted there; a tile has one or two. */
const UNCOUNTED = 2 * 64;

// The channel tile stands on the register tile: they are made in this order.
it("tiles state the bytes of the arrays that they hold, and are made once", () => {
  const register = growth(registerTile);
  const channel = growth(channelTile);
  for (const [stated, held] of [
    [registerTile().bytes, register],
    [channelTile().bytes, register + channel],
  ]) {
    expect(stated).toBeGreaterThanOrEqual(held);
    expect(stated).toBeLessThanOrEqual(held + UNCOUNTED);
  }
  expect(Math.min(register, channel)).toBeGreaterThan(1000);
  expect(growth(registerTile)).toBe(0);
  expect(growth(channelTile)).toBe(0);
});
