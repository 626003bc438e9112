import { expect, it } from "vitest";
import { resolveConvGeometry } from "../geometry/planes.ts";
import { im2col } from "./im2col.ts";
import { naive } from "./naive.ts";
import { CACHED_LENGTH, STREAM_LENGTH } from "./register-tile.ts";

const integers = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => ((i * 7) % 5) - 2);

/** The gradient of a filter of 1×1 over a row of pixels, whose patches are their channels. */
const pointwise = (channels: number) => resolveConvGeometry("test", [1, 1, 6, channels], [1, 1, channels, 2]);

it.each([CACHED_LENGTH / 4, CACHED_LENGTH / 4 + 1, STREAM_LENGTH / 4])(
  "a filter gradient ends, and is right, where patches are %i values, though the cache holds few of them",
  (channels) => {
    const g = pointwise(channels);
    const [x, dy] = [integers(6 * channels), integers(12)];
    const [dw, expected] = [new Float32Array(2 * channels), new Float32Array(2 * channels)];
    const prepare = im2col.propose.filterGradient(g);
    if (typeof prepare === "string") throw new Error(prepare);
    prepare().run(x, dy, dw);
    naive.propose.filterGradient(g)().run(x, dy, expected);
    expect(dw).toEqual(expected);
  },
);

it("longer patches are left to others", () => {
  expect(im2col.propose.filterGradient(pointwise(STREAM_LENGTH / 4 + 1))).toBe(
    "four patches of 73729 values exceed the 294912 that the stream holds",
  );
});
