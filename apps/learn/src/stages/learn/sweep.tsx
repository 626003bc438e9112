/**
 * The error of kernels of all sizes, on what they were shown and on what they were not.
 *
 * @module
 */

import { type Signal, signal } from "@preact/signals";
import type { JSX } from "preact";
import { parameter } from "../../address.ts";
import { word } from "../../codecs.ts";
import { workshop } from "../../engine/client.ts";
import type { SizeError } from "../../engine/kernel-size.ts";
import { spoken } from "../../language.ts";
import { shown } from "../../numbers.ts";
import { Choice } from "../../parts/choice.tsx";
import { Prose } from "../../parts/prose.tsx";
import { LEARN } from "./texts.ts";

const SIZES = [1, 3, 5, 7, 9];

const trueSize: Signal<"3" | "5" | "7"> = parameter("learn", "true", word("3", "5", "7"), "5");
const errors: Signal<readonly SizeError[]> = signal([]);
/** Counts sweeps: one that was overtaken stops. */
let sweeps = 0;

async function sweep(): Promise<void> {
  const own = ++sweeps;
  errors.value = [];
  for (const size of SIZES) {
    const error = await workshop().errorOfSize(size, Number(trueSize.peek()));
    if (own !== sweeps) return;
    errors.value = [...errors.peek(), error];
  }
}

/** The sweep. */
export function Sweep(): JSX.Element {
  const texts = spoken(LEARN);
  const found = errors.value;
  const isDone = found.length === SIZES.length;
  const best = found.reduce<SizeError | undefined>(
    (least, error) => (least === undefined || error.heldOut < least.heldOut ? error : least),
    undefined,
  );
  return (
    <section>
      <h2>{texts.sweepTitle}</h2>
      <p>
        <Prose text={texts.sweepLead} />
      </p>
      <div class="controls">
        <Choice label={texts.trueSize} value={trueSize} names={{ "3": "3 × 3", "5": "5 × 5", "7": "7 × 7" }} />
      </div>
      <button type="button" class="primary" onClick={() => void sweep()}>
        {texts.sweep}
      </button>
      {found.length > 0 && <Bars errors={found} />}
      {isDone && (
        <p class="verdict" role="status" data-best={best!.size}>
          {texts.best(best!.size, Number(trueSize.value))}
        </p>
      )}
    </section>
  );
}

/** Two bars for each size. */
function Bars({ errors: found }: { readonly errors: readonly SizeError[] }): JSX.Element {
  const texts = spoken(LEARN);
  const most = Math.max(...found.flatMap(({ training, heldOut }) => [training, heldOut]));
  const bar = (value: number, name: string): JSX.Element => (
    <td class="bar">
      <span class={name} style={{ width: `${(78 * value) / most}%` }} />
      {shown(value, 3)}
    </td>
  );
  return (
    <table class="bars">
      <caption>{texts.chart}</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">{texts.shown}</th>
          <th scope="col">{texts.heldOut}</th>
        </tr>
      </thead>
      <tbody>
        {found.map(({ size, training, heldOut }) => (
          <tr key={size}>
            <th scope="row">
              {size} × {size}
            </th>
            {bar(training, "fill")}
            {bar(heldOut, "fill strong")}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
