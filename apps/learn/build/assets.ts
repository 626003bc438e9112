/**
 * Makes what the page shows but nobody writes: the sample pictures, grey and small, and the digits that it learns from.
 *
 *     node build/assets.ts
 *
 * @module
 */

import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PHOTOGRAPHS } from "@corr2d/testkit/photographs";
import sharp from "sharp";
import { packedDigits } from "./digits.ts";

const OUT = fileURLToPath(new URL("assets", import.meta.url));

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT);
for (const { name, url } of Object.values(PHOTOGRAPHS)) {
  await sharp(fileURLToPath(url))
    .greyscale()
    .webp({ quality: 82 })
    .toFile(join(OUT, `${name}.webp`));
}
await writeFile(join(OUT, "digits.bin"), await packedDigits());
