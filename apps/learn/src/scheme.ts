/**
 * Whether the page is light or dark, for what is drawn rather than styled.
 *
 * @module
 */

import { type Signal, signal } from "@preact/signals";

const query = matchMedia("(prefers-color-scheme: dark)");

/** True while the page is dark. */
export const dark: Signal<boolean> = signal(query.matches);

query.addEventListener("change", () => {
  dark.value = query.matches;
});
