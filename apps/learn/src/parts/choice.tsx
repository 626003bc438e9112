/**
 * One of a few words, as a row of buttons.
 *
 * @module
 */

import type { Signal } from "@preact/signals";
import type { JSX } from "preact";

/** What a choice is told. */
export interface ChoiceProps<W extends string> {
  readonly label: string;
  readonly value: Signal<W>;
  /** The words, and what each is called. */
  readonly names: Readonly<Record<W, string>>;
}

/** The choice. */
export function Choice<W extends string>({ label, value, names }: ChoiceProps<W>): JSX.Element {
  return (
    <fieldset class="segments">
      <legend>{label}</legend>
      <div>
        {(Object.entries(names) as [W, string][]).map(([word, name]) => (
          <button
            key={word}
            type="button"
            aria-pressed={value.value === word}
            onClick={() => {
              value.value = word;
            }}
          >
            {name}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
