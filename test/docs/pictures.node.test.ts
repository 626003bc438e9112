/**
 * The pictures of the documents are what their programs draw today. Vectors and words are compared as text; images inside
 * them as pixels, since another processor may round a photograph's pixels otherwise.
 *
 * @module
 */

import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import sharp from "sharp";
import { expect, test } from "vitest";
import { sampleReport } from "../../apps/bench/test/fixtures/reports.ts";

const DOCS = resolve(import.meta.dirname, "../../docs");
/** Levels of 255 by which two pixels may differ on average. */
const ROUNDING = 1;

test("pictures are drawn by today's code: if not, `pnpm pictures` draws them anew", { timeout: 240_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "pictures-"));
  try {
    for (const program of ["edges.ts", "derivation.ts", "ratios.ts"]) await draw(program, folder);
    const drawn = (await readdir(folder)).filter((name) => name.endsWith(".svg"));
    expect(drawn.sort()).toEqual((await readdir(DOCS)).filter((name) => name.endsWith(".svg")).sort());
    for (const name of drawn) {
      const [fresh, kept] = await Promise.all([folder, DOCS].map((from) => readFile(join(from, name), "utf8")));
      expect(withoutImages(fresh!), name).toBe(withoutImages(kept!));
      const keptImages = imagesOf(kept!);
      for (const [n, image] of imagesOf(fresh!).entries()) {
        expect(await meanDifference(image, keptImages[n]!), `image ${n} of ${name}`).toBeLessThan(ROUNDING);
      }
    }
    expect(await readFile(join(folder, "README.md"), "utf8")).toBe(await readFile(join(DOCS, "../README.md"), "utf8"));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("the chart and the table of ratios say what a report says, the strongest rival first", {
  timeout: 240_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "pictures-"));
  try {
    const report = join(folder, "report.json");
    await writeFile(report, JSON.stringify(sampleReport()));
    await draw("ratios.ts", folder, report);
    const picture = await readFile(join(folder, "ratios.svg"), "utf8");
    // One network layer: 44.3 ms, beside 4 ms and 43.9 ms.
    const rivals = [...picture.matchAll(/>(ONNX Runtime native|tfjs-wasm)<[\s\S]*?>([\d.]+)×</g)];
    expect(rivals.slice(0, 2).map(([, name, ratio]) => [name, ratio])).toEqual([
      ["ONNX Runtime native", "0.09"],
      ["tfjs-wasm", "0.99"],
    ]);
    expect(picture).toContain("2026-01-02, Sample CPU");
    const readme = await readFile(join(folder, "README.md"), "utf8");
    expect(readme).toMatch(/^\| layers, once each \| ONNX Runtime native \| tfjs-wasm /m);
    expect(readme).toMatch(/^\| all 1 .*\| 0\.09 \(0\.09–0\.09\) .*\| 0\.99 \(0\.99–0\.99\) /m);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Runs a program of docs/pictures, which writes to `folder`. */
async function draw(program: string, ...folderAndMore: readonly string[]): Promise<void> {
  const args = ["--conditions=@corr2d/source", join(DOCS, "pictures", program), ...folderAndMore];
  await promisify(execFile)(process.execPath, args);
}

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
