/**
 * Stage 4: cross-correlation and convolution, and a layer that learns the flipped kernel.
 *
 * @module
 */

import { type Signal, signal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { parameter } from "../../address.ts";
import { integers, matrix, type Rows, word } from "../../codecs.ts";
import { engine, latest } from "../../engine/client.ts";
import type { Lesson } from "../../engine/lesson.ts";
import { spoken } from "../../language.ts";
import { clamp, flat, rowsOf, scientific, shown } from "../../numbers.ts";
import { Choice } from "../../parts/choice.tsx";
import { KernelEditor } from "../../parts/kernel-editor.tsx";
import { NumberGrid } from "../../parts/number-grid.tsx";
import { Pad } from "../../parts/pad.tsx";
import { Prose } from "../../parts/prose.tsx";
import { Readings } from "../../parts/readings.tsx";
import { Formula, Stage } from "../../parts/stage.tsx";
import { createStudy, LossCurve, StudyControls, useStudy } from "../../parts/study.tsx";
import { FORMULAS } from "./formulas.ts";
import { FLIP } from "./texts.ts";

const [ROWS, COLUMNS] = [5, 6];
/** Small numbers in no order. */
const X: Rows = rowsOf(
  Array.from({ length: ROWS * COLUMNS }, (_, n) => (n * 7 + 3) % 10),
  COLUMNS,
);
const LARGEST = 4;
/** Columns that would fill the width there is. */
const ACROSS = 7;
const BIAS = 7;
/** How close learned weights are to be called the same. */
const CLOSE = 0.01;

const kernel: Signal<Rows> = parameter("flip", "kernel", matrix(LARGEST), [
  [1, 2, 3],
  [4, 5, 6],
]);
const counting = parameter("flip", "from", word("one", "zero"), "zero");
const at = parameter("flip", "at", integers(2, 0, COLUMNS - 1), [1, 2]);
const results: Signal<{ correlation: Rows; convolution: Rows }> = signal({ correlation: [], convolution: [] });
const study = createStudy("flip");

const compute = latest(async (rows: Rows) => {
  const x = { shape: [ROWS, COLUMNS] as const, data: flat(X) };
  const k = { shape: [rows.length, rows[0]!.length] as const, data: flat(rows) };
  const [correlation, convolution] = await Promise.all([engine().correlate(x, k), engine().convolve(x, k)]);
  results.value = {
    correlation: rowsOf(correlation.data, correlation.shape[1]),
    convolution: rowsOf(convolution.data, convolution.shape[1]),
  };
});

function lesson(): Lesson {
  const rows = kernel.value;
  const shape = [rows.length, rows[0]!.length] as const;
  return {
    examples: "noise",
    hidden: { shape, data: flat(rows) },
    hiddenBias: BIAS,
    flipped: true,
    size: shape,
    learnsBias: true,
  };
}

/** The stage. */
export default function Flip(): JSX.Element {
  const texts = spoken(FLIP);
  useSignalEffect(() => compute(kernel.value));
  const [height, width] = [kernel.value.length, kernel.value[0]!.length];
  const top = clamp(at.value[0]!, 0, ROWS - height);
  const left = clamp(at.value[1]!, 0, COLUMNS - width);
  const move = (row: number, column: number): void => {
    at.value = [clamp(Math.round(row), 0, ROWS - height), clamp(Math.round(column), 0, COLUMNS - width)];
  };
  return (
    <Stage title={texts.title} lead={texts.lead} call={call()} moments={moments()}>
      <div class="controls">
        <Choice label={texts.counting} value={counting} names={texts.from} />
      </div>
      <p>{counting.value === "one" ? texts.lecture : texts.code}</p>
      <div class="panels two">
        <figure>
          <Pad
            label={texts.x}
            hint={texts.hint}
            rows={ROWS}
            columns={COLUMNS}
            onPoint={(row, column) => move(row - (height - 1) / 2, column - (width - 1) / 2)}
            onStep={(down, across) => move(top + down, left + across)}
          >
            <NumberGrid rows={X} strongest={9} window={{ top, left, height, width }} />
          </Pad>
          <figcaption>{texts.x}</figcaption>
        </figure>
        <figure class="middle">
          <KernelEditor kernel={kernel} largest={LARGEST} />
          <figcaption>{texts.kernel}</figcaption>
        </figure>
      </div>
      <div class="panels two">
        <Way kind="correlation" top={top} left={left} />
        <Way kind="convolution" top={top} left={left} />
      </div>
      <Experiment />
    </Stage>
  );
}

/** One of the two: its formula, the weights as they lie on the window, the sum with its indices, the result. */
function Way(props: { readonly kind: "correlation" | "convolution"; readonly top: number; readonly left: number }) {
  const { kind, top, left } = props;
  const texts = spoken(FLIP);
  const laid = kind === "correlation" ? kernel.value : flipped(kernel.value);
  const [height, width] = [laid.length, laid[0]!.length];
  const base = counting.value === "one" ? 1 : 0;
  const sum = laid.reduce(
    (total, row, a) => total + row.reduce((inner, weight, b) => inner + weight * X[top + a]![left + b]!, 0),
    0,
  );
  // The first and the last term say how the indices run.
  const term = (a: number, b: number): string => {
    const [k, l] = kind === "correlation" ? [a, b] : [height - 1 - a, width - 1 - b];
    return `k[${k + base}, ${l + base}] · x[${top + a + base}, ${left + b + base}]`;
  };
  const terms = height * width;
  return (
    <section class="way-of-summing" data-way={kind}>
      <h2>{texts[kind]}</h2>
      <Formula markup={FORMULAS[counting.value][kind]} />
      <NumberGrid
        rows={laid}
        strongest={strongestOf(laid)}
        label={kind === "correlation" ? texts.asIs : texts.flipped}
        columnsAcross={ACROSS}
      />
      <p class="terms">
        y[{top}, {left}] = {term(0, 0)}
        {terms > 2 && " + …"}
        {terms > 1 && ` + ${term(height - 1, width - 1)}`} = <output>{shown(sum)}</output>
      </p>
      <NumberGrid
        rows={results.value[kind]}
        strongest={strongestOf(results.value[kind])}
        label={`${texts[kind]}: ${texts.result}`}
        window={{ top, left, height: 1, width: 1 }}
        columnsAcross={ACROSS}
      />
    </section>
  );
}

/** A layer learns from what a convolution made. */
function Experiment(): JSX.Element {
  const texts = spoken(FLIP);
  useStudy(study, lesson);
  const rows = kernel.value;
  const width = rows[0]!.length;
  const learned = study.learned.value;
  const target = flipped(rows).flat();
  const isThere =
    learned !== undefined &&
    learned.weights.length === target.length &&
    Math.abs(learned.bias - BIAS) < CLOSE &&
    learned.weights.every((weight, n) => Math.abs(weight - target[n]!) < CLOSE);
  return (
    <section>
      <h2>{texts.learnTitle}</h2>
      <p>
        <Prose text={texts.learnLead} />
      </p>
      <StudyControls study={study} lesson={lesson} />
      <div class="panels three">
        <figure>
          <NumberGrid rows={rows} strongest={strongestOf(rows)} label={texts.hidden} columnsAcross={LARGEST} />
          <figcaption>{texts.hidden}</figcaption>
        </figure>
        <figure>
          <NumberGrid
            rows={rowsOf(learned?.weights ?? [], width)}
            strongest={strongestOf(rows)}
            label={texts.found}
            columnsAcross={LARGEST}
          />
          <figcaption>{texts.found}</figcaption>
        </figure>
        <LossCurve study={study} />
      </div>
      {learned !== undefined && (
        <>
          <Readings
            readings={[
              { name: texts.bias, value: shown(learned.bias, 3), id: "bias", strong: true },
              { name: texts.steps, value: `${learned.steps}`, id: "steps" },
              { name: texts.loss, value: scientific(learned.loss), id: "loss" },
            ]}
          />
          <p class="verdict" role="status">
            {isThere ? texts.same : texts.notYet}
          </p>
        </>
      )}
    </section>
  );
}

function flipped(rows: Rows): Rows {
  return [...rows].reverse().map((row) => [...row].reverse());
}

function strongestOf(rows: Rows): number {
  return Math.max(1e-9, ...rows.flat().map(Math.abs));
}

function call(): string {
  const rows = kernel.value;
  return `import { convolve2d, corr2d, tensor } from "@corr2d/core";

const kernel = tensor([${rows.length}, ${rows[0]!.length}], [${rows.flat().join(", ")}]);
corr2d(x, kernel);     // the kernel as it is
convolve2d(x, kernel); // the kernel flipped`;
}

function moments() {
  const addresses = ["#/flip?from=one", "#/flip?kernel=1,0,-1"];
  return spoken(FLIP).moments.map((text, n) => ({ text, address: addresses[n]! }));
}
