import { expect, it } from "vitest";
import { arrayBytesHeld } from "../../test/collect-garbage.ts";
import { channelTile } from "./group-tile.ts";
import { registerTile } from "./register-tile.ts";

/** By how many bytes the typed arrays that are held grow while something is made, and how many it states. */
async function growth(
  make: () => { readonly bytes: number },
): Promise<{ readonly held: number; readonly stated: number }> {
  const before = await arrayBytesHeld();
  const { bytes } = make();
  return { held: (await arrayBytesHeld()) - before, stated: bytes };
}

/** Arrays of so few bytes lie in V8's heap and are not counted there; a tile has one or two. */
const UNCOUNTED = 2 * 64;

it("tiles state the bytes of the arrays that they hold, and are made once", async () => {
  const register = await growth(registerTile);
  // It stands on the register tile, which is there already.
  const channel = await growth(channelTile);
  for (const [stated, held] of [
    [register.stated, register.held],
    [channel.stated, register.held + channel.held],
  ]) {
    expect(stated).toBeGreaterThanOrEqual(held);
    expect(stated).toBeLessThanOrEqual(held + UNCOUNTED);
  }
  expect(Math.min(register.held, channel.held)).toBeGreaterThan(1000);
  expect([(await growth(registerTile)).held, (await growth(channelTile)).held]).toEqual([0, 0]);
});
