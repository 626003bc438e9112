/**
 * The reference of this workspace is complete, and one of a package that is not says what is missing.
 */

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as core from "@corr2d/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { brokenLinks } from "../src/links.ts";
import { buildReference, PACKAGES } from "../src/reference.ts";

const packages = new URL("../../../packages/", import.meta.url);
let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), "corr2d-reference-"));
});
afterEach(() => rm(out, { recursive: true }));

it("has a page for every name of the core and every page of docs, all documented, no link broken", async () => {
  expect(await buildReference({ out, sources: "https://example.org/{path}#L{line}" })).toEqual([]);
  const pages = (await readdir(out, { recursive: true })).join("\n");
  for (const name of Object.keys(core))
    expect(pages).toMatch(new RegExp(`_corr2d_core\\.index\\.${name}\\.html$`, "m"));
  for (const title of ["From_a_fully_connected_layer_to_a_convolution", "Features", "_corr2d_bench", "Contributing"])
    expect(pages).toContain(`documents/${title}.html`);
  // Every entry point of a published package is there.
  for (const folder of PACKAGES) {
    const { exports } = JSON.parse(await readFile(new URL(`${folder}/package.json`, packages), "utf8"));
    const entries = Object.keys(exports).filter((path) => path !== "./package.json");
    if (entries.length === 1) continue;
    for (const entry of entries) {
      const module = entry === "." ? "index" : entry.slice(2);
      expect(pages).toContain(`modules/_corr2d_${folder}.${module}.html`);
    }
  }
  const derivation = await readFile(
    join(out, "documents", "From_a_fully_connected_layer_to_a_convolution.html"),
    "utf8",
  );
  expect(derivation.match(/<math /g)?.length).toBeGreaterThan(5);
  expect(derivation).not.toContain("$$");
  const features = await readFile(join(out, "documents", "Features.html"), "utf8");
  expect(features).toMatch(/href="\.\.\/functions\/_corr2d_core\.index\.corr2d\.html"[^>]*><code>corr2d<\/code>/);
  const corr2d = await readFile(join(out, "functions", "_corr2d_core.index.corr2d.html"), "utf8");
  expect(corr2d).toMatch(/https:\/\/example\.org\/packages\/core\/src\/[\w/-]+\.ts#L\d+/);
});

it("says what is undocumented, what is not exported, and which link leads nowhere", async () => {
  const incomplete = fileURLToPath(new URL("fixtures/incomplete", import.meta.url));
  const problems = (await buildReference({ out, packages: [incomplete] })).join("\n");
  expect(problems).toMatch(/silent .*does not have any documentation/);
  expect(problems).toMatch(/Hidden, defined in .* is referenced by .*linked.* but not included in the documentation/);
  expect(problems).toMatch(/Failed to resolve link to "nobody"/);
  expect(problems.split("\n")).toHaveLength(3);
});

it("finds links between pages that lead nowhere, and leaves others alone", async () => {
  await writeFile(
    join(out, "a.html"),
    '<h1 id="top"></h1><a href="#top"><a href="b.html#x"><a href="https://c.org/d">',
  );
  await writeFile(
    join(out, "b.html"),
    '<p id="x"><a href="a.html#bottom"><img src="c.svg"><script>"<a href=\'d\'>"</script>',
  );
  const broken = ["b.html: a.html#bottom leads nowhere", "b.html: c.svg leads nowhere"];
  expect(await brokenLinks(out)).toEqual(broken);
  expect(await brokenLinks(relative(process.cwd(), out))).toEqual(broken);
});

it("takes a folder without pages for a failure", async () => {
  expect(await brokenLinks(out)).toEqual([`${out} has no pages`]);
});
