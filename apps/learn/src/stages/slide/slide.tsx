/**
 * Stage 1: a window slides over numbers, and the same kernel over a real picture.
 *
 * @module
 */

import { computed, type Signal, signal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { parameter } from "../../address.ts";
import { integers, matrix, type Rows } from "../../codecs.ts";
import { engine, latest } from "../../engine/client.ts";
import { spoken } from "../../language.ts";
import { clamp, flat, rowsOf, shown, written } from "../../numbers.ts";
import { EngineCanvas } from "../../parts/engine-canvas.tsx";
import { KernelEditor } from "../../parts/kernel-editor.tsx";
import { NumberGrid } from "../../parts/number-grid.tsx";
import { Pad } from "../../parts/pad.tsx";
import { Stage } from "../../parts/stage.tsx";
import { PicturePicker } from "../../picture/picker.tsx";
import { revision } from "../../picture/picture.ts";
import formula from "./formula.tex";
import { DISC, PRESETS, SIDE } from "./presets.ts";
import { SLIDE } from "./texts.ts";

const LARGEST = 11;
/** Products that are written out. */
const TERMS = 9;

const kernel: Signal<Rows> = parameter("slide", "kernel", matrix(LARGEST), PRESETS.upright);
const at = parameter("slide", "at", integers(2, 0, SIDE - 1), [4, 1]);

const height = computed(() => kernel.value.length);
const width = computed(() => kernel.value[0]!.length);
const top = computed(() => clamp(at.value[0]!, 0, SIDE - height.value));
const left = computed(() => clamp(at.value[1]!, 0, SIDE - width.value));

/** The result, and how long the picture took. */
const result: Signal<Rows> = signal([]);
const timed: Signal<{ height: number; width: number; milliseconds: number; count: number } | undefined> =
  signal(undefined);

const correlate = latest(async (rows: Rows) => {
  const y = await engine().correlate(
    { shape: [SIDE, SIDE], data: flat(DISC) },
    { shape: [rows.length, rows[0]!.length], data: flat(rows) },
  );
  result.value = rowsOf(y.data, y.shape[1]);
});

const filter = latest(async (rows: Rows) => {
  const filtered = await engine().filterPicture({ shape: [rows.length, rows[0]!.length], data: flat(rows) });
  timed.value = { ...filtered, count: (timed.peek()?.count ?? 0) + 1 };
});

/** The stage. */
export default function Slide(): JSX.Element {
  const texts = spoken(SLIDE);
  useSignalEffect(() => correlate(kernel.value));
  useSignalEffect(() => {
    if (revision.value > 0) filter(kernel.value);
  });
  return (
    <Stage title={texts.title} lead={texts.lead} formula={formula} call={call(kernel.value)} moments={moments()}>
      <div class="panels slide">
        <figure>
          <Pad
            label={texts.window}
            hint={texts.windowHint}
            rows={SIDE}
            columns={SIDE}
            onPoint={(row, column) => move(row - (height.value - 1) / 2, column - (width.value - 1) / 2)}
            onStep={(down, across) => move(top.value + down, left.value + across)}
          >
            <NumberGrid rows={DISC} strongest={9} window={windowAt(top.value, left.value, height.value, width.value)} />
          </Pad>
          <figcaption>{texts.x}</figcaption>
        </figure>
        <figure class="middle">
          <KernelEditor kernel={kernel} largest={LARGEST} />
          <figcaption>{texts.kernel}</figcaption>
        </figure>
        <figure>
          <NumberGrid
            rows={result.value}
            label={texts.y}
            strongest={strongestOf(result.value)}
            window={windowAt(top.value, left.value, 1, 1)}
            columnsAcross={SIDE}
          />
          <figcaption>{texts.y}</figcaption>
        </figure>
      </div>
      <Sum />
      <Presets />
      <h2>{texts.onPicture}</h2>
      <PicturePicker />
      <div class="panels pictures">
        <figure>
          <EngineCanvas name="picture" label={texts.before} />
          <figcaption>{texts.before}</figcaption>
        </figure>
        <figure>
          <EngineCanvas name="filtered" label={texts.after} onAttached={() => filter(kernel.peek())} />
          <figcaption data-count={timed.value?.count}>
            {texts.after}
            {timed.value !== undefined &&
              ` · ${texts.time(shown(timed.value.milliseconds, 1), timed.value.height, timed.value.width)}`}
          </figcaption>
        </figure>
      </div>
    </Stage>
  );
}

/** The products under the window, written out, and their sum. */
function Sum(): JSX.Element {
  const texts = spoken(SLIDE);
  const terms = kernel.value.flatMap((row, a) =>
    row.map((weight, b) => ({ weight, x: DISC[top.value + a]![left.value + b]! })),
  );
  const sum = terms.reduce((total, { weight, x }) => total + weight * x, 0);
  const first = terms.slice(0, terms.length > TERMS ? TERMS - 1 : TERMS);
  const rest = terms.length - first.length;
  return (
    <p class="sum" role="status">
      <span class="unseen">{texts.products}: </span>
      {first.map(({ weight, x }, n) => (
        <span key={n} class="term">
          {n > 0 && <span class="sign">+</span>}
          <span class="x">{x}</span> · <span class="w">{weight < 0 ? `(${shown(weight)})` : shown(weight)}</span>
        </span>
      ))}
      {rest > 0 && <span class="sign">+{texts.more(rest)}</span>}
      <span class="sign">=</span>
      <output>{shown(sum)}</output>
    </p>
  );
}

function Presets(): JSX.Element {
  const texts = spoken(SLIDE);
  return (
    <fieldset class="presets" aria-label={texts.presets}>
      {(Object.keys(PRESETS) as (keyof typeof PRESETS)[]).map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={`${kernel.value}` === `${PRESETS[name]}`}
          onClick={() => {
            kernel.value = PRESETS[name];
          }}
        >
          {texts.names[name]}
        </button>
      ))}
    </fieldset>
  );
}

function move(row: number, column: number): void {
  at.value = [clamp(Math.round(row), 0, SIDE - height.value), clamp(Math.round(column), 0, SIDE - width.value)];
}

function windowAt(top: number, left: number, height: number, width: number) {
  return { top, left, height, width };
}

function strongestOf(rows: Rows): number {
  return Math.max(1e-9, ...rows.flat().map(Math.abs));
}

function call(rows: Rows): string {
  const weights = rows.map((row) => row.map((weight) => written(weight)).join(", ")).join(", ");
  return `import { corr2d, tensor } from "@corr2d/core";

const kernel = tensor([${rows.length}, ${rows[0]!.length}], [${weights}]);
const y = corr2d(x, kernel);`;
}

function moments() {
  const addresses = [
    "#/slide?kernel=1,-1&at=4,1",
    `#/slide?kernel=${matrix(LARGEST).format(PRESETS.box)}`,
    "#/slide?kernel=0,0,0,0,0;0,0,0,0,0;0,0,0,0,0;0,0,0,0,0;0,0,0,0,1",
    "#/slide?kernel=0,1,0;1,-4,1;0,1,0&at=4,4",
  ];
  return spoken(SLIDE).moments.map((text, n) => ({ text, address: addresses[n]! }));
}
