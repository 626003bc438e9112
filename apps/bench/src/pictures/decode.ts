/**
 * A program that decodes one picture, in a process of its own: pictures come from anywhere, a vector picture of two hundred
 * bytes can be drawn for minutes, and a decoder cannot be interrupted, but a process can.
 *
 *     node decode.ts <file> <most pixels>     writes `<height> <width>` and a line feed, then the grey levels, row by row
 *
 * @module
 */

import { argv, stderr, stdout } from "node:process";
import sharp from "sharp";

const [file, most] = argv.slice(2) as [string, string];
const limitInputPixels = Number(most);
try {
  // Only the header is read here, so a picture that claims absurd sizes costs nothing.
  const { width, height } = await sharp(file, { limitInputPixels: false }).metadata();
  if (width * height > limitInputPixels) {
    throw new RangeError(`${width}×${height} pixels are more than the ${most} allowed; scale it down first`);
  }
  const { data, info } = await sharp(file, { limitInputPixels })
    .autoOrient()
    .flatten({ background: "white" })
    .greyscale()
    .toColourspace("b-w")
    .raw()
    .toBuffer({ resolveWithObject: true });
  stdout.write(`${info.height} ${info.width}\n`);
  stdout.write(data);
} catch (error) {
  stderr.write((error as Error).message);
  process.exitCode = 1;
}
