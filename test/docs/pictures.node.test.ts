/**
 * The pictures of the documents are what their programs draw today. Vectors and words are compared as text; images inside
 * them as pixels, since another processor may round a photograph's pixels otherwise.
 *
 * @module
 */

import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import sharp from "sharp";
import { expect, test } from "vitest";

const DOCS = resolve(import.meta.dirname, "../../docs");
/** Levels of 255 by which two pixels may differ on average. */
const ROUNDING = 1;

test("pictures are drawn by today's code: if not, `pnpm pictures` draws them anew", { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "pictures-"));
  try {
    for (const program of ["edges.ts", "derivation.ts"]) {
      const args = ["--conditions=@corr2d/source", join(DOCS, "pictures", program), folder];
      await promisify(execFile)(process.execPath, args);
    }
    const drawn = await readdir(folder);
    expect(drawn.sort()).toEqual((await readdir(DOCS)).filter((name) => name.endsWith(".svg")).sort());
    for (const name of drawn) {
      const [fresh, kept] = await Promise.all([folder, DOCS].map((from) => readFile(join(from, name), "utf8")));
      expect(withoutImages(fresh!), name).toBe(withoutImages(kept!));
      const keptImages = imagesOf(kept!);
      for (const [n, image] of imagesOf(fresh!).entries()) {
        expect(await meanDifference(image, keptImages[n]!), `image ${n} of ${name}`).toBeLessThan(ROUNDING);
      }
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

const IMAGE = /data:image\/(?:png|jpeg);base64,([^"]+)/g;

function withoutImages(svg: string): string {
  return svg.replaceAll(IMAGE, "");
}

function imagesOf(svg: string): Buffer[] {
  return Array.from(svg.matchAll(IMAGE), ([, data]) => Buffer.from(data!, "base64"));
}

/** Of two images: how far their pixels are apart on average, in levels of 255; infinite if their sizes differ. */
async function meanDifference(a: Buffer, b: Buffer): Promise<number> {
  const [left, right] = await Promise.all([a, b].map((bytes) => sharp(bytes).removeAlpha().raw().toBuffer()));
  if (left!.length !== right!.length) return Number.POSITIVE_INFINITY;
  return left!.reduce((sum, value, i) => sum + Math.abs(value - right![i]!), 0) / left!.length;
}
