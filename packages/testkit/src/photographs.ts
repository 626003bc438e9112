/**
 * Four photographs free of rights, for everything that is to be shown on a real picture: what they are and where the
 * PNG files lie. Reading and decoding them is the caller's. Needs a file system, so it is an entry of its own.
 *
 * @module
 */

/** A PNG file and the facts about it. */
export interface Photograph {
  readonly name: "astronaut" | "camera" | "chelsea" | "coins";
  /** `file:` URL of the PNG. */
  readonly url: URL;
  readonly width: number;
  readonly height: number;
  /** 1 for grey, 3 for RGB; 8 bits each. */
  readonly channels: 1 | 3;
  readonly description: string;
  /** Photographer or owner. */
  readonly credit: string;
  readonly licence: string;
  /** Of the file, in hexadecimal. */
  readonly sha256: string;
}

// `src` and `dist` both lie beside `data`.
const file = (name: Photograph["name"]): URL => new URL(`../data/${name}.png`, import.meta.url);

/** The photographs, by name. All come from scikit-image, which states the facts given here. */
export const PHOTOGRAPHS: { readonly [Name in Photograph["name"]]: Photograph } = {
  astronaut: {
    name: "astronaut",
    url: file("astronaut"),
    width: 512,
    height: 512,
    channels: 3,
    description: "portrait of an astronaut",
    credit: "NASA",
    licence: "public domain",
    sha256: "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
  },
  camera: {
    name: "camera",
    url: file("camera"),
    width: 512,
    height: 512,
    channels: 1,
    description: "photographer with a camera on a tripod, grey",
    credit: "Lav Varshney",
    licence: "CC0",
    sha256: "b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a",
  },
  chelsea: {
    name: "chelsea",
    url: file("chelsea"),
    width: 451,
    height: 300,
    channels: 3,
    description: "a cat",
    credit: "Stefan van der Walt",
    licence: "CC0",
    sha256: "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
  },
  coins: {
    name: "coins",
    url: file("coins"),
    width: 384,
    height: 303,
    channels: 1,
    description: "Greek coins from Pompeii, grey",
    credit: "Brooklyn Museum",
    licence: "no known copyright restrictions",
    sha256: "f8d773fc9cfa6f4d8e5942dc34d0a0788fcaed2a4fefbbed0aef5398d7ef4cba",
  },
};
