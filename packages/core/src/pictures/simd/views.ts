/**
 * Views of an array, made once: a plan that runs for every frame of a video asks for the same parts in the same order.
 *
 * @module
 */

import type { PictureData } from "../problem/picture.ts";

/** More parts than this, of very large pictures, are made anew each time. */
const MOST_VIEWS = 2 ** 14;

/** The parts of one array that a run asks for. */
export class Views {
  #of: PictureData | undefined;
  #views: PictureData[] = [];
  #next = 0;

  /** Begins a run over an array. */
  begin(of: PictureData): void {
    if (this.#of !== of) {
      this.#of = of;
      this.#views = [];
    }
    this.#next = 0;
  }

  /** The elements `from` to `to`. */
  part(from: number, to: number): PictureData {
    const known = this.#views[this.#next];
    if (
      known !== undefined &&
      known.length === to - from &&
      known.byteOffset === this.#of!.byteOffset + from * known.BYTES_PER_ELEMENT
    ) {
      this.#next++;
      return known;
    }
    const view = this.#of!.subarray(from, to);
    if (this.#next < MOST_VIEWS) this.#views[this.#next++] = view;
    return view;
  }

  /** Lets go of the array. */
  forget(): void {
    this.#of = undefined;
    this.#views = [];
  }
}
