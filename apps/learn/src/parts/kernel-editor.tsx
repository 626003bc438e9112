/**
 * A kernel whose weights and size can be changed.
 *
 * @module
 */

import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { numberOf, type Rows } from "../codecs.ts";
import { spoken, type Texts } from "../language.ts";
import { resized, written } from "../numbers.ts";

const TEXTS: Texts<{
  rows: string;
  columns: string;
  weights: string;
  weight: (row: number, column: number) => string;
}> = {
  en: {
    rows: "Rows",
    columns: "Columns",
    weights: "Weights of the kernel",
    weight: (row, column) => `Weight in row ${row}, column ${column}`,
  },
  zh: {
    rows: "行数",
    columns: "列数",
    weights: "卷积核的权重",
    weight: (row, column) => `第 ${row} 行第 ${column} 列的权重`,
  },
};

/** What the editor is told. */
export interface KernelEditorProps {
  readonly kernel: Signal<Rows>;
  /** Largest number of rows and columns. */
  readonly largest: number;
}

/** The editor. What is typed counts as soon as it is a number. */
export function KernelEditor({ kernel, largest }: KernelEditorProps): JSX.Element {
  const texts = spoken(TEXTS);
  const rows = kernel.value;
  const columns = rows[0]!.length;
  const sizes = Array.from({ length: largest }, (_, n) => n + 1);
  const size = (label: string, value: number, resize: (size: number) => void): JSX.Element => (
    <label class="choice">
      {label}
      <select value={value} onChange={(event) => resize(Number(event.currentTarget.value))}>
        {sizes.map((n) => (
          <option key={n} value={n}>
            {n}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <div class="kernel">
      <fieldset class="weights" aria-label={texts.weights} data-columns={columns}>
        {rows.map((row, i) => (
          <div class="row" key={i}>
            {row.map((weight, j) => (
              <Weight
                key={j}
                label={texts.weight(i + 1, j + 1)}
                value={weight}
                onChange={(value) => {
                  kernel.value = kernel.value.map((cells, k) =>
                    k === i ? cells.map((cell, l) => (l === j ? value : cell)) : cells,
                  );
                }}
              />
            ))}
          </div>
        ))}
      </fieldset>
      <div class="choices">
        {size(texts.rows, rows.length, (height) => {
          kernel.value = resized(kernel.value, height, columns);
        })}
        {size(texts.columns, columns, (width) => {
          kernel.value = resized(kernel.value, rows.length, width);
        })}
      </div>
    </div>
  );
}

interface WeightProps {
  readonly label: string;
  readonly value: number;
  onChange(value: number): void;
}

function Weight({ label, value, onChange }: WeightProps): JSX.Element {
  return (
    <input
      type="text"
      inputMode="text"
      autoComplete="off"
      aria-label={label}
      class={value < 0 ? "negative" : value > 0 ? "positive" : ""}
      value={written(value)}
      onInput={(event) => {
        const typed = numberOf(event.currentTarget.value.replace("\u2212", "-"));
        event.currentTarget.setAttribute("aria-invalid", `${typed === undefined}`);
        if (typed !== undefined) onChange(typed);
      }}
      onBlur={(event) => {
        event.currentTarget.value = written(value);
        event.currentTarget.setAttribute("aria-invalid", "false");
      }}
    />
  );
}
