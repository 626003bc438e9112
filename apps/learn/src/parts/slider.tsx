/**
 * A number chosen by a slider.
 *
 * @module
 */

import type { Signal } from "@preact/signals";
import type { JSX } from "preact";

/** What a slider is told. */
export interface SliderProps {
  readonly label: string;
  readonly value: Signal<number>;
  readonly minimum: number;
  readonly maximum: number;
  readonly step?: number;
  readonly format?: (value: number) => string;
}

/** The slider. */
export function Slider({ label, value, minimum, maximum, step = 1, format = String }: SliderProps): JSX.Element {
  return (
    <label class="slider">
      <span>
        {label} <b>{format(value.value)}</b>
      </span>
      <input
        type="range"
        min={minimum}
        max={maximum}
        step={step}
        value={value.value}
        aria-valuetext={format(value.value)}
        onInput={(event) => {
          value.value = Number(event.currentTarget.value);
        }}
      />
    </label>
  );
}
