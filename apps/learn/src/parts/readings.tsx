/**
 * A few numbers that are to be read: large, with what they are below.
 *
 * @module
 */

import type { JSX } from "preact";

/** A number and what it is. */
export interface Reading {
  readonly name: string;
  readonly value: string;
  /** Whether it is the one that counts now. */
  readonly strong?: boolean;
  /** By which a test finds it. */
  readonly id?: string;
}

/** The numbers. */
export function Readings({ readings }: { readonly readings: readonly Reading[] }): JSX.Element {
  return (
    <dl class="readings">
      {readings.map(({ name, value, strong, id }) => (
        <div key={name} class={strong ? "strong" : ""}>
          <dt>{name}</dt>
          <dd data-reading={id}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
