/**
 * The camera as the shared picture: frame after frame, as fast as they come and are drawn.
 *
 * @module
 */

import { type Signal, signal } from "@preact/signals";
import { spoken } from "../language.ts";
import { FRAME } from "../texts.ts";
import { pictureProblem, takeOwnPicture } from "./picture.ts";

/** Frames a second; undefined while the camera is off. */
export const cameraRate: Signal<number | undefined> = signal(undefined);

let stop: (() => void) | undefined;

/** Turns the camera off. */
export function stopCamera(): void {
  stop?.();
  stop = undefined;
  cameraRate.value = undefined;
}

/** Turns the camera on, until {@link stopCamera}. */
export async function startCamera(): Promise<void> {
  stopCamera();
  pictureProblem.value = "";
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      video: { width: 640, height: 480, facingMode: "environment" },
    });
  } catch (error) {
    pictureProblem.value = reasonOf(error as Error);
    return;
  }
  const video = document.createElement("video");
  video.srcObject = stream;
  video.muted = true;
  video.playsInline = true;
  let running = true;
  stop = () => {
    running = false;
    for (const track of stream.getTracks()) track.stop();
  };
  await video.play();
  cameraRate.value = 0;
  const drawn: number[] = [];
  while (running) {
    await nextFrame(video);
    if (!running) break;
    await takeOwnPicture(await createImageBitmap(video));
    drawn.push(performance.now());
    if (drawn.length > 20) drawn.shift();
    if (running && drawn.length > 1) cameraRate.value = (1000 * (drawn.length - 1)) / (drawn.at(-1)! - drawn[0]!);
  }
}

function nextFrame(video: HTMLVideoElement): Promise<void> {
  return new Promise((resolve) => {
    if ("requestVideoFrameCallback" in video) video.requestVideoFrameCallback(() => resolve());
    else requestAnimationFrame(() => resolve());
  });
}

function reasonOf(error: Error): string {
  const texts = spoken(FRAME);
  if (error.name === "NotAllowedError") return texts.cameraRefused;
  if (error.name === "NotFoundError") return texts.cameraMissing;
  return texts.noCamera(error.message);
}
