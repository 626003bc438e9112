/**
 * The one picture that all stages share: a sample, a file, what was pasted, or the camera. It is held by the worker; here are
 * its name and how often it has changed.
 *
 * @module
 */

import { type Signal, signal } from "@preact/signals";
import { transfer } from "comlink";
import { EVERY_STAGE, parameter } from "../address.ts";
import { word } from "../codecs.ts";
import { engine } from "../engine/client.ts";
import { spoken } from "../language.ts";
import { FRAME } from "../texts.ts";

/** The sample pictures. */
export const SAMPLES = ["chelsea", "coins", "camera", "astronaut"] as const;

/** A sample, or the reader's own. */
export type PictureName = (typeof SAMPLES)[number] | "own";

/** Which picture it is. Only samples can be linked to. */
export const pictureName: Signal<PictureName> = parameter(
  EVERY_STAGE,
  "picture",
  { ...word(...SAMPLES), format: (name: PictureName) => (name === "own" ? SAMPLES[0] : name) },
  SAMPLES[0],
);

/** Counts pictures: whoever shows one draws again when it changes. */
export const revision: Signal<number> = signal(0);

/** Size of the picture. */
export const pictureSize: Signal<{ readonly height: number; readonly width: number }> = signal({ height: 1, width: 1 });

/** Why there is no picture, in a sentence. */
export const pictureProblem: Signal<string> = signal("");

let loadedSample: string | undefined;

/** Loads the sample that is asked for, unless it is there. */
export async function loadSample(name: PictureName): Promise<void> {
  if (name === "own" || loadedSample === name) return;
  loadedSample = name;
  pictureProblem.value = "";
  try {
    const answer = await fetch(`./${name}.webp`);
    if (!answer.ok) throw new Error(`${answer.status}`);
    await takePicture(await createImageBitmap(await answer.blob()));
  } catch (error) {
    loadedSample = undefined;
    pictureProblem.value = spoken(FRAME).notLoaded((error as Error).message);
  }
}

/** Makes a file the picture. */
export async function openPicture(file: Blob): Promise<void> {
  pictureProblem.value = "";
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    pictureProblem.value = spoken(FRAME).noPicture;
    return;
  }
  await takeOwnPicture(bitmap);
}

/** Makes the reader's bitmap the picture. */
export async function takeOwnPicture(bitmap: ImageBitmap): Promise<void> {
  loadedSample = undefined;
  pictureName.value = "own";
  await takePicture(bitmap);
}

async function takePicture(bitmap: ImageBitmap): Promise<void> {
  const size = await engine().setPicture(transfer(bitmap, [bitmap]));
  if (size.height !== pictureSize.peek().height || size.width !== pictureSize.peek().width) pictureSize.value = size;
  revision.value++;
}
