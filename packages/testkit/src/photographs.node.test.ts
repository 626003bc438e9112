import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { PHOTOGRAPHS } from "./photographs.ts";

const photographs = Object.values(PHOTOGRAPHS);

describe.each(photographs)("$name", ({ url, sha256, width, height, channels, credit, licence }) => {
  test("the file is the one that was taken over", async () => {
    const bytes = await readFile(url);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(sha256);
  });

  test("has the size and the channels it says", async () => {
    const png = await readFile(url);
    // PNG, IHDR: width at byte 16, height at 20, bit depth at 24, colour type (0 grey, 2 RGB) at 25.
    expect([png.readUInt32BE(16), png.readUInt32BE(20), png[24]]).toEqual([width, height, 8]);
    expect(png[25]).toBe(channels === 1 ? 0 : 2);
  });

  test("is in the README beside the files, with the same facts", async () => {
    const readme = await readFile(new URL("README.md", url), "utf8");
    const { length } = await readFile(url);
    const row = readme.split("\n").find((line) => line.includes(url.pathname.split("/").at(-1)!));
    for (const fact of [`${width} × ${height}`, length.toLocaleString("en"), credit, licence])
      expect(row).toContain(fact);
    expect(readme).toContain(sha256);
  });
});

test("no picture lies about without its facts", async () => {
  const files = await readdir(new URL("../data/", import.meta.url));
  const pictures = files.filter((file) => file.endsWith(".png"));
  expect(pictures.sort()).toEqual(photographs.map(({ name }) => `${name}.png`).sort());
});
