/**
 * Shows what filters do to a photograph, before and after, as a PNG: `npm run example filter-picture.ts`.
 *
 * @module
 */

import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import {
  emboss,
  type FilteredPicture,
  filterPicture,
  gabor,
  gaussian,
  laplacianOfGaussian,
  motion,
  type Picture,
  sobel,
  unsharp,
} from "@corr2d/core/pictures";
import { PHOTOGRAPHS } from "@corr2d/testkit/photographs";
import sharp from "sharp";

/** What each part of the picture shows, from the second on: the first is the photograph. */
export const FILTERS: readonly (readonly [name: string, filter: (picture: Picture<Uint8Array>) => FilteredPicture])[] =
  [
    ["blurred", (picture) => filterPicture(picture, gaussian(4))],
    ["sharpened", (picture) => filterPicture(picture, unsharp(2, 1.5))],
    ["a relief", (picture) => filterPicture(picture, emboss())],
    ["in motion", (picture) => filterPicture(picture, motion(21, 30))],
    ["upright edges", (picture) => filterPicture(picture, sobel("x"), { absolute: true })],
    ["level edges, grey for none", (picture) => filterPicture(picture, sobel("y"), { scale: 0.5, offset: 128 })],
    ["spots", (picture) => filterPicture(picture, laplacianOfGaussian(3), { scale: -8, offset: 128 })],
    [
      "whiskers",
      (picture) =>
        filterPicture(picture, gabor({ sigma: 2.5, wavelength: 6, theta: 1.2, phase: Math.PI / 2 }), {
          scale: 0.3,
          absolute: true,
        }),
    ],
  ];

/** The photograph and what the filters make of it, three in a row, as a PNG. */
export async function drawFilters(): Promise<Buffer> {
  const { url, width, height } = PHOTOGRAPHS.chelsea;
  const { data, info } = await sharp(fileURLToPath(url)).raw().toBuffer({ resolveWithObject: true });
  const picture = { data, ...info };
  const parts: readonly Picture[] = [picture, ...FILTERS.map(([, filter]) => filter(picture))];
  const pictures = parts.map((part, n) => ({
    input: Buffer.from(part.data),
    raw: { width, height, channels: 3 as const },
    left: (n % 3) * width,
    top: Math.floor(n / 3) * height,
  }));
  const size = { width: 3 * width, height: Math.ceil(parts.length / 3) * height };
  return sharp({ create: { ...size, channels: 3, background: "white" } })
    .composite(pictures)
    .png()
    .toBuffer();
}

if (import.meta.main) {
  const folder = new URL("../../../report/", import.meta.url);
  await mkdir(folder, { recursive: true });
  await writeFile(new URL("filters.png", folder), await drawFilters());
  console.log(`report/filters.png shows a photograph, and it ${FILTERS.map(([name]) => name).join("; ")}`);
}
