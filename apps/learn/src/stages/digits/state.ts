/**
 * What the stage knows: the drawing, the network's progress, and what it reads.
 *
 * @module
 */

import { type Signal, signal } from "@preact/signals";
import { parameter } from "../../address.ts";
import { integer, integers } from "../../codecs.ts";
import { latest, workshop } from "../../engine/client.ts";
import type { Progress, Reading } from "../../engine/digits.ts";

/** Side of a digit. */
export const SIDE = 28;
/** Maps of the first layer. */
export const MAPS = 8;
/** Side of a map. */
export const MAP_SIDE = 14;
/** Digits to be judged by. */
const HELD_OUT = 500;
const STEPS_AT_ONCE = 8;
/** Training stops here by itself. */
const ENOUGH_STEPS = 400;

/** Which held-out digit is shown, until something is drawn. */
export const example: Signal<number> = parameter("digits", "digit", integer(0, HELD_OUT - 1), 7);
/** Map, row and column of the cell that is looked at. */
export const cell: Signal<readonly number[]> = parameter("digits", "cell", integers(3, 0, MAP_SIDE - 1), [0, 6, 6]);

/** What is on the pad. */
export const drawing: Signal<Float32Array> = signal(new Float32Array(SIDE * SIDE));
/** Which digit it is, if it is a held-out one. */
export const kind: Signal<number | undefined> = signal(undefined);
/** How well the network reads; undefined before the digits are there. */
export const progress: Signal<Progress | undefined> = signal(undefined);
/** The drawing as the network sees it, and what it makes of it. */
export const reading: Signal<(Reading & { readonly seen: Float32Array }) | undefined> = signal(undefined);
/** Whether it is learning. */
export const training: Signal<boolean> = signal(false);
/** Why there are no digits. */
export const problem: Signal<string> = signal("");

/** Loads the digits and shows one. */
export async function prepare(): Promise<void> {
  try {
    await workshop().loadDigits(new URL("./digits.bin", document.baseURI).href);
    progress.value ??= await workshop().forgetDigits();
    problem.value = "";
  } catch (error) {
    problem.value = (error as Error).message;
  }
}

/** Shows a held-out digit. */
export const showExample: (n: number) => void = latest(async (n: number) => {
  const { pixels, kind: own } = await workshop().heldOutDigit(n);
  kind.value = own;
  drawing.value = pixels;
});

/** Reads what is on the pad. */
export const read: (pixels: Float32Array) => void = latest(async (pixels: Float32Array) => {
  // A held-out digit is centred already.
  const seen = kind.peek() === undefined ? await workshop().centredDigit(pixels) : pixels;
  reading.value = { ...(await workshop().readDigit(seen)), seen };
});

/** Draws with a soft brush. */
export function draw(row: number, column: number): void {
  kind.value = undefined;
  drawing.value = drawing.peek().map((value, n) => {
    const distance = Math.hypot(Math.floor(n / SIDE) - row, (n % SIDE) - column);
    return Math.max(value, Math.min(1, Math.max(0, 2.1 - distance)));
  });
}

/** An empty pad. */
export function clear(): void {
  kind.value = undefined;
  drawing.value = new Float32Array(SIDE * SIDE);
}

/** Trains until it is enough, or {@link training} is set to false. */
export async function train(): Promise<void> {
  training.value = true;
  const end = (progress.peek()?.steps ?? 0) < ENOUGH_STEPS ? ENOUGH_STEPS : Number.POSITIVE_INFINITY;
  while (training.peek()) {
    const now = await workshop().trainDigits(STEPS_AT_ONCE);
    progress.value = now;
    if (now.steps >= end) training.value = false;
  }
}

/** Forgets all that was learned. */
export async function forget(): Promise<void> {
  training.value = false;
  progress.value = await workshop().forgetDigits();
}
