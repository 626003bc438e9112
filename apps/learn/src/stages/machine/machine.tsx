/**
 * Stage 9: the same convolution in several ways, timed and held against the exact result.
 *
 * @module
 */

import { type Signal, signal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { engine, workshop } from "../../engine/client.ts";
import type { Contender, Measured } from "../../engine/machine.ts";
import { spoken } from "../../language.ts";
import { scientific, shown } from "../../numbers.ts";
import { EngineCanvas } from "../../parts/engine-canvas.tsx";
import { Stage } from "../../parts/stage.tsx";
import { PicturePicker } from "../../picture/picker.tsx";
import { pictureSize, revision } from "../../picture/picture.ts";
import { MACHINE } from "./texts.ts";

const CONTENDERS: readonly Contender[] = ["naive", "im2col", "tiled", "simd", "tfjs-cpu"];

const measured: Signal<Partial<Record<Contender, Measured>>> = signal({});
const measuring = signal(false);

async function measureAll(): Promise<void> {
  measuring.value = true;
  measured.value = {};
  const before = revision.peek();
  const picture = await engine().currentPicture();
  for (const contender of CONTENDERS) {
    const result = await workshop().measure(contender, picture);
    // Of another picture these would be other numbers.
    if (revision.peek() !== before) break;
    measured.value = { ...measured.peek(), [contender]: result };
  }
  measuring.value = false;
}

/** The stage. */
export default function Machine(): JSX.Element {
  const texts = spoken(MACHINE);
  useSignalEffect(() => {
    revision.value;
    measured.value = {};
  });
  const results = Object.values(measured.value);
  const errors = results.flatMap((result) => ("error" in result ? [result.error] : []));
  const { height, width } = pictureSize.value;
  return (
    <Stage title={texts.title} lead={texts.lead} call={call(height, width)} moments={moments()}>
      <PicturePicker />
      <div class="panels machine">
        <figure>
          <EngineCanvas name="picture" label={texts.picture} />
          <figcaption>
            {height} × {width}
          </figcaption>
        </figure>
        <div>
          <button
            type="button"
            class="primary"
            disabled={measuring.value || revision.value === 0}
            onClick={() => void measureAll()}
          >
            {measuring.value ? texts.measuring : texts.measure}
          </button>
          <Results />
          {results.length === CONTENDERS.length && (
            <p class="verdict" role="status">
              {errors.every((error) => error <= 1) ? texts.agree : texts.disagree}
            </p>
          )}
        </div>
      </div>
      <p>{texts.uses}</p>
    </Stage>
  );
}

function Results(): JSX.Element {
  const texts = spoken(MACHINE);
  const loop = measured.value.naive;
  const loopTime = loop !== undefined && "milliseconds" in loop ? loop.milliseconds : undefined;
  const longest = Math.max(
    ...Object.values(measured.value).map((result) => ("milliseconds" in result ? result.milliseconds : 0)),
  );
  return (
    <ul class="contenders">
      {CONTENDERS.map((contender) => {
        const result = measured.value[contender];
        return (
          <li key={contender} data-contender={contender}>
            <b>{texts.names[contender]}</b>
            {result === undefined ? (
              <span class="hint">{texts.explanations[contender]}</span>
            ) : "problem" in result ? (
              <code class="message">{result.problem}</code>
            ) : (
              <>
                <span class="track">
                  <span class="fill strong" style={{ width: `${(100 * result.milliseconds) / longest}%` }} />
                </span>
                <span class="figures">
                  <output data-milliseconds={result.milliseconds}>{shown(result.milliseconds, 1)} ms</output>
                  {loopTime !== undefined && contender !== "naive" && (
                    <span>{texts.times(shown(loopTime / result.milliseconds, 1))}</span>
                  )}
                  <span class="hint" data-error={result.error}>
                    {texts.error}: {scientific(Math.round(1000 * result.error) / 10)} % · {result.by}
                  </span>
                </span>
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function call(height: number, width: number): string {
  return `import { conv2d, plan } from "@corr2d/core";

// Made once: the algorithm is chosen and the weights are packed.
const layer = plan(conv2d, [1, ${height}, ${width}, 1], filter, { padding: "same" });
layer.algorithm;
layer.run(x, y); // as often as you like`;
}

function moments() {
  const addresses = ["#/machine?picture=camera", "#/machine?picture=coins"];
  return spoken(MACHINE).moments.map((text, n) => ({ text, address: addresses[n]! }));
}
