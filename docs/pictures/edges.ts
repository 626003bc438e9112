/**
 * Draws docs/edges.svg, the picture of the README: a photograph, a kernel, and what `corr2d` makes of them.
 *
 *     pnpm pictures
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { corr2d, type Matrix, tensor } from "@corr2d/core";
import { PHOTOGRAPHS } from "@corr2d/testkit/photographs";
import sharp from "sharp";
import { image, svg, text, write } from "./drawing.ts";

/** I. Sobel's kernel for edges that run from top to bottom: right minus left, smoothed along the edge. */
const KERNEL = tensor([3, 3], [-1, 0, 1, -2, 0, 2, -1, 0, 1]);
/** Response that is drawn black, out of the ±1020 that are possible. */
const BLACK_AT = 300;

const png = await readFile(PHOTOGRAPHS.chelsea.url);
const { data, info } = await sharp(png).greyscale().raw().toBuffer({ resolveWithObject: true });
const x = tensor([info.height, info.width], Float32Array.from(data));
const y = corr2d(x, KERNEL);

const photograph = await sharp(png).jpeg({ quality: 85 }).toBuffer();
const edges = await sharp(drawing(y), { raw: { width: y.shape[1], height: y.shape[0], channels: 1 } })
  .png({ palette: true, colours: 16, compressionLevel: 9 })
  .toBuffer();
await write("edges", picture());

/** Dark where the response is strong, of either sign; white where there is none. */
function drawing(response: Matrix): Uint8Array {
  return Uint8Array.from(response.data, (value) => 255 * (1 - Math.min(1, Math.abs(value) / BLACK_AT)));
}

function picture(): string {
  const [height, width] = x.shape;
  const cell = 44;
  const gap = 56;
  const top = 20;
  const middle = top + height / 2;
  const kernelLeft = 20 + width + gap;
  const edgesLeft = kernelLeft + 3 * cell + gap;
  const [edgesHeight, edgesWidth] = y.shape;
  const total = [edgesLeft + edgesWidth + 20, top + height + 48] as const;
  const caption = (centre: number, words: string): string => text(centre, top + height + 28, words);
  const operator = (centre: number, sign: string): string => text(centre, middle + 11, sign, "operator");
  const cells = [...KERNEL.data].map((weight, i) => {
    const left = kernelLeft + (i % 3) * cell;
    const upper = middle - 1.5 * cell + Math.floor(i / 3) * cell;
    const kind = weight < 0 ? "negative" : weight > 0 ? "positive" : "zero";
    const number = text(left + cell / 2, upper + cell / 2 + 7, weight < 0 ? `−${-weight}` : `${weight}`, "weight");
    return `<rect x="${left}" y="${upper}" width="${cell}" height="${cell}" class="${kind}"/>${number}`;
  });
  return svg(
    total,
    "A photograph of a cat, cross-correlated with a 3 by 3 kernel, becomes a drawing of its upright edges",
    [
      image([20, top], [width, height], "jpeg", photograph),
      operator(20 + width + gap / 2, "⋆"),
      ...cells,
      operator(edgesLeft - gap / 2, "="),
      image([edgesLeft, top + (height - edgesHeight) / 2], [edgesWidth, edgesHeight], "png", edges, "ink"),
      caption(20 + width / 2, "photograph x"),
      caption(kernelLeft + 1.5 * cell, "kernel k"),
      caption(edgesLeft + edgesWidth / 2, "|corr2d(x, k)|"),
    ].join("\n"),
  );
}
