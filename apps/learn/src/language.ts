/**
 * The language of the page: what the address says, else what the browser prefers. Every text stands in both languages side by
 * side, with the same keys.
 *
 * @module
 */

import { effect, type Signal } from "@preact/signals";
import { EVERY_STAGE, parameter } from "./address.ts";
import { word } from "./codecs.ts";

/** The languages, and what each calls itself. */
export const LANGUAGES = { en: "English", zh: "中文" } as const;

/** One of the languages. */
export type Language = keyof typeof LANGUAGES;

/** A text, or a tree of them, in both languages. */
export interface Texts<T> {
  readonly en: T;
  readonly zh: T;
}

const preferred: Language = navigator.languages.find((tag) => /^(en|zh)\b/.test(tag))?.startsWith("zh") ? "zh" : "en";

/** The language that is spoken. */
export const language: Signal<Language> = parameter(EVERY_STAGE, "lang", word("en", "zh"), preferred);

effect(() => {
  document.documentElement.lang = language.value === "zh" ? "zh-Hans" : "en";
});

/** The texts in the language that is spoken. */
export function spoken<T>(texts: Texts<T>): T {
  return texts[language.value];
}
