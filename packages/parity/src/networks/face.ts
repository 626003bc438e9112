/**
 * The tiny face detector of `@vladmandic/face-api`: depthwise and pointwise convolutions with 8-bit quantised weights, and
 * the boxes it finds. It looks at 512×512 pixels, 0…255, less the mean of its training pictures, divided by 255; for each
 * of 16×16 cells and five shapes of boxes (anchors) it gives five numbers (x, y, log width, log height, score).
 *
 *     score = σ(s)   centre = (cell + σ(x, y)) / cells   size = anchor · exp(w, h) / cells
 *
 * Source: face-api 1.7, src/tinyYolov2/TinyYolov2Base.ts and src/tinyFaceDetector; J. Redmon and A. Farhadi, "YOLO9000",
 * arXiv:1612.08242.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { readLayersModel } from "@corr2d/core/weights";
import { PHOTOGRAPHS } from "@corr2d/testkit/photographs";
import { readPicture } from "../picture.ts";
import { findPackage } from "./installed-package.ts";
import type { Activation, Network, Step } from "./network.ts";
import { convolutionReader } from "./weights.ts";

const PACKAGE = "@vladmandic/face-api";
const MODEL = "tiny_face_detector_model";

/** Mean of the training pictures. */
const MEAN_RGB = [117.001, 114.697, 97.404];

/** 0.1 in float32. */
const SLOPE = Math.fround(0.1);

/** Width and height of each anchor in cells. */
const ANCHORS = [
  [1.603231, 2.094468],
  [6.041143, 7.080126],
  [2.882459, 3.518061],
  [4.266906, 5.178857],
  [9.041765, 10.66308],
] as const;

/** x, y, log width, log height, score. */
const NUMBERS_PER_BOX = 5;

/** Boxes of less are none; of two that overlap by more, one is of the same face. */
const SCORE_THRESHOLD = 0.5;
const OVERLAP_THRESHOLD = 0.4;

/** In pixels of the picture. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A face that was found. */
export interface Detection {
  readonly box: Box;
  readonly score: number;
}

/** Where the face is on the photograph: ear to ear, hairline to chin, measured by hand. */
export const KNOWN_FACE: Box = { left: 171, top: 66, right: 276, bottom: 188 };

/**
 * Reads the network from the installed package, and the photograph from testkit.
 *
 * @throws Error if the package is not installed; RangeError if its files are not what they say.
 */
export async function readFaceDetector(): Promise<Network> {
  const files = findPackage(PACKAGE);
  const shard = `${MODEL}.bin`;
  const manifest = files.readJson(`model/${MODEL}-weights_manifest.json`);
  const convolution = convolutionReader(PACKAGE, readLayersModel(manifest, { [shard]: files.read(`model/${shard}`) }));
  const { astronaut } = PHOTOGRAPHS;
  const { width, height, data } = await readPicture(fileURLToPath(astronaut.url));

  const pool = (index: number, stride: number): Step[] => [
    { kind: "leaky relu", name: `leaky${index}`, from: [`conv${index}`], slope: SLOPE },
    { kind: "max pool", name: `pool${index}`, from: [`leaky${index}`], size: 2, stride },
  ];
  const separable = (index: number): Step[] => [
    convolution({
      name: `depthwise${index}`,
      from: [`pool${index - 1}`],
      padding: 1,
      filter: `conv${index}/depthwise_filter`,
      depthwise: true,
    }),
    convolution({
      name: `conv${index}`,
      from: [`depthwise${index}`],
      padding: "valid",
      filter: `conv${index}/pointwise_filter`,
      bias: `conv${index}/bias`,
    }),
    ...pool(index, index === 5 ? 1 : 2),
  ];
  const plain = (index: number, from: string): Step =>
    convolution({
      name: `conv${index}`,
      from: [from],
      padding: "valid",
      filter: `conv${index}/filters`,
      bias: `conv${index}/bias`,
    });
  return {
    name: "face",
    source: `${PACKAGE} ${files.version}, ${MODEL}`,
    picture: `${astronaut.name}, ${width}×${height}`,
    input: "picture",
    image: {
      shape: [1, height, width, 3],
      data: data.map((value, i) => Math.fround(value - MEAN_RGB[i % 3]) / 255),
    },
    steps: [plain(0, "picture"), ...pool(0, 2), ...[1, 2, 3, 4, 5].flatMap(separable), plain(8, "pool5")],
    output: "conv8",
  };
}

/** The faces in the network's output, the surest first. */
export function detectFaces({ image }: Network, { shape, data }: Activation): readonly Detection[] {
  const [, height, width] = image.shape;
  const [, rows, columns] = shape;
  const candidates: Detection[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (const [index, [anchorWidth, anchorHeight]] of ANCHORS.entries()) {
        const at = ((row * columns + column) * ANCHORS.length + index) * NUMBERS_PER_BOX;
        const [x, y, logWidth, logHeight, s] = data.subarray(at, at + NUMBERS_PER_BOX);
        const centreX = ((column + logistic(x)) / columns) * width;
        const centreY = ((row + logistic(y)) / rows) * height;
        const halfWidth = ((Math.exp(logWidth) * anchorWidth) / columns / 2) * width;
        const halfHeight = ((Math.exp(logHeight) * anchorHeight) / rows / 2) * height;
        const box = {
          left: centreX - halfWidth,
          top: centreY - halfHeight,
          right: centreX + halfWidth,
          bottom: centreY + halfHeight,
        };
        candidates.push({ box, score: logistic(s) });
      }
    }
  }
  candidates.sort((a, b) => b.score - a.score);
  const faces: Detection[] = [];
  for (const candidate of candidates) {
    if (candidate.score < SCORE_THRESHOLD) break;
    if (faces.every(({ box }) => overlap(box, candidate.box) <= OVERLAP_THRESHOLD)) faces.push(candidate);
  }
  return faces;
}

/** Area of the intersection over that of the union: 1 for the same box, 0 for boxes apart. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const both = width * height;
  return both / (areaOf(a) + areaOf(b) - both);
}

function areaOf({ left, top, right, bottom }: Box): number {
  return (right - left) * (bottom - top);
}

function logistic(z: number): number {
  return 1 / (1 + Math.exp(-z));
}
