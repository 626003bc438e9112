import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { tensor } from "@corr2d/core";
import { PHOTOGRAPHS } from "@corr2d/testkit/photographs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UsageError } from "../usage-error.ts";
import { encodePng, MAX_PIXELS, readGrey } from "./grey-picture.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "corr2d-pictures-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** A PNG whose header claims a size and whose data are one row. */
function pngClaiming(width: number, height: number): Buffer {
  const chunk = (type: string, content: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(content.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = deflateSync(Buffer.alloc(width + 1));
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))]);
}

describe("readGrey", () => {
  it("reads a grey photograph as its grey levels", async () => {
    const { shape, data } = await readGrey(PHOTOGRAPHS.camera.url);
    expect(shape).toEqual([512, 512]);
    expect(data.every((value) => Number.isInteger(value) && value >= 0 && value <= 255)).toBe(true);
    expect(new Set(data).size).toBeGreaterThan(100);
  });

  it("reads a colour photograph as grey", async () => {
    expect((await readGrey(PHOTOGRAPHS.chelsea.url)).shape).toEqual([300, 451]);
  });

  it("gets back what was written, clipped and rounded", async () => {
    const path = await file("round.png", await encodePng(tensor([2, 3], [0, 17, 255, 300, -5, 99.6])));
    expect([...(await readGrey(path)).data]).toEqual([0, 17, 255, 255, 0, 100]);
  });

  it("says what it could not read, and why", async () => {
    await expect(readGrey(join(folder, "absent.png"))).rejects.toThrow(UsageError);
    await expect(readGrey(join(folder, "absent.png"))).rejects.toThrow(
      /cannot read the picture .*absent\.png: .*missing/,
    );
    const text = await file("text.png", "this is no picture");
    await expect(readGrey(text)).rejects.toThrow(/cannot read the picture .*text\.png: .*unsupported image format/);
    const truncated = await file("truncated.png", pngClaiming(64, 64).subarray(0, 40));
    await expect(readGrey(truncated)).rejects.toThrow(/cannot read the picture .*truncated\.png/);
  });

  it("ends with a sentence where a picture takes too long to draw", async () => {
    const turbulence = '<filter id="f"><feTurbulence baseFrequency=".01" numOctaves="99"/></filter>';
    const drawn = '<rect width="100%" height="100%" filter="url(#f)"/>';
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="4000">${turbulence}${drawn}</svg>`;
    const path = await file("slow.svg", Buffer.from(svg));
    await expect(readGrey(path, 1500)).rejects.toThrow(/slow\.svg: decoding takes more than 1\.5 s; give it as a PNG/);
  });

  it("refuses absurd sizes before it takes memory for them", async () => {
    const path = await file("absurd.png", pngClaiming(100_000, 90_000));
    const before = process.memoryUsage().rss;
    await expect(readGrey(path)).rejects.toThrow(
      `100000×90000 pixels are more than the ${MAX_PIXELS} allowed; scale it down first`,
    );
    // Decoded it would be 9 GB.
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
  });
});
