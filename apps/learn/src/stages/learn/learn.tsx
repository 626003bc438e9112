/**
 * Stage 7: a hidden kernel is learned from examples, and the size of a kernel is chosen by pictures that were not shown.
 *
 * @module
 */

import { type Signal, signal } from "@preact/signals";
import type { JSX } from "preact";
import { parameter } from "../../address.ts";
import { integer, matrix, type Rows, real, word } from "../../codecs.ts";
import type { Examples, Lesson } from "../../engine/lesson.ts";
import { spoken } from "../../language.ts";
import { flat, rowsOf, scientific, shown } from "../../numbers.ts";
import { Choice } from "../../parts/choice.tsx";
import { KernelPainter } from "../../parts/kernel-painter.tsx";
import { NumberGrid } from "../../parts/number-grid.tsx";
import { Readings } from "../../parts/readings.tsx";
import { Slider } from "../../parts/slider.tsx";
import { Stage } from "../../parts/stage.tsx";
import { createStudy, LossCurve, StudyControls, useStudy } from "../../parts/study.tsx";
import { PicturePicker } from "../../picture/picker.tsx";
import { revision } from "../../picture/picture.ts";
import { Sweep } from "./sweep.tsx";
import { LEARN } from "./texts.ts";

const LARGEST = 7;
/** How close learned weights are to be called found. */
const CLOSE = 0.01;

const HIDDEN = {
  edge: [[1, -1]],
  cross: [
    [0, 1, 0],
    [1, -1, 1],
    [0, 1, 0],
  ],
  corner: [
    [1, 1, 1],
    [1, 0, 0],
    [1, 0, -1],
  ],
  ring: [
    [0, 1, 1, 1, 0],
    [1, 0, 0, 0, 1],
    [1, 0, -1, 0, 1],
    [1, 0, 0, 0, 1],
    [0, 1, 1, 1, 0],
  ],
} as const satisfies Record<string, Rows>;

const hidden: Signal<Rows> = parameter("learn", "hidden", matrix(LARGEST), HIDDEN.edge);
const hiddenBias = parameter("learn", "bias", real(-2, 2), 0);
const examples: Signal<Examples> = parameter("learn", "from", word("bar", "noise", "picture"), "bar");
/** 0: as the hidden kernel. */
const rows = parameter("learn", "rows", integer(0, LARGEST), 0);
const columns = parameter("learn", "columns", integer(0, LARGEST), 0);
const study = createStudy("learn");
const picking = signal(false);

function sizeNow(): readonly [number, number] {
  return [rows.value || hidden.value.length, columns.value || hidden.value[0]!.length];
}

function lesson(): Lesson {
  if (examples.value === "picture") revision.value;
  return {
    examples: examples.value,
    hidden: { shape: [hidden.value.length, hidden.value[0]!.length], data: flat(hidden.value) },
    hiddenBias: hiddenBias.value,
    flipped: false,
    size: sizeNow(),
    learnsBias: hiddenBias.value !== 0,
  };
}

/** The stage. */
export default function Learn(): JSX.Element {
  const texts = spoken(LEARN);
  useStudy(study, lesson);
  const [height, width] = sizeNow();
  const learned = study.learned.value;
  const across = Math.max(3, width, hidden.value[0]!.length);
  const sameSize = height === hidden.value.length && width === hidden.value[0]!.length;
  const target = hidden.value.flat();
  const isFound =
    sameSize &&
    learned?.weights.length === target.length &&
    learned.weights.every((weight, n) => Math.abs(weight - target[n]!) < CLOSE) &&
    Math.abs(learned.bias - hiddenBias.value) < CLOSE;
  picking.value = examples.value === "picture";
  return (
    <Stage title={texts.title} lead={texts.lead} call={call()} moments={moments()}>
      <div class="controls">
        <Choice label={texts.examples} value={examples} names={texts.kinds} />
      </div>
      {picking.value && <PicturePicker />}
      <Presets />
      <div class="panels two">
        <figure>
          <KernelPainter kernel={hidden} columnsAcross={across} />
          <figcaption>{texts.hidden}</figcaption>
        </figure>
        <figure>
          <NumberGrid
            rows={rowsOf(learned?.weights ?? [], width)}
            strongest={1}
            label={texts.learned}
            columnsAcross={across}
          />
          <figcaption>{texts.learned}</figcaption>
        </figure>
      </div>
      <div class="controls">
        <fieldset class="segments">
          <legend>{texts.size}</legend>
          <div>
            <Side label={texts.rows} value={rows} own={hidden.value.length} />
            <Side label={texts.columns} value={columns} own={hidden.value[0]!.length} />
          </div>
        </fieldset>
        <Slider
          label={texts.hiddenBias}
          value={hiddenBias}
          minimum={-2}
          maximum={2}
          step={0.25}
          format={(value) => shown(value)}
        />
      </div>
      <StudyControls study={study} lesson={lesson} />
      <div class="learning">
        <LossCurve study={study} />
      </div>
      {learned !== undefined && (
        <>
          <Readings
            readings={[
              { name: texts.loss, value: scientific(learned.loss), id: "loss", strong: true },
              { name: texts.steps, value: `${learned.steps}`, id: "steps" },
              { name: texts.bias, value: shown(learned.bias, 3), id: "bias" },
            ]}
          />
          <p class="verdict" role="status">
            {isFound ? texts.found : sameSize ? texts.notYet : texts.otherSize}
          </p>
        </>
      )}
      <Sweep />
    </Stage>
  );
}

function Presets(): JSX.Element {
  const texts = spoken(LEARN);
  return (
    <fieldset class="presets" aria-label={texts.presets}>
      {(Object.keys(HIDDEN) as (keyof typeof HIDDEN)[]).map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={`${hidden.value}` === `${HIDDEN[name]}`}
          onClick={() => {
            hidden.value = HIDDEN[name];
          }}
        >
          {texts.names[name]}
        </button>
      ))}
    </fieldset>
  );
}

interface SideProps {
  readonly label: string;
  readonly value: Signal<number>;
  /** Of the hidden kernel. */
  readonly own: number;
}

function Side({ label, value, own }: SideProps): JSX.Element {
  return (
    <label class="choice">
      {label}
      <select
        value={value.value || own}
        onChange={(event) => {
          const side = Number(event.currentTarget.value);
          value.value = side === own ? 0 : side;
        }}
      >
        {Array.from({ length: LARGEST }, (_, n) => (
          <option key={`side ${n + 1}`} value={n + 1}>
            {n + 1}
          </option>
        ))}
      </select>
    </label>
  );
}

function call(): string {
  const [height, width] = sizeNow();
  return `import { Conv2d, sgdStep } from "@corr2d/core/layers";

const layer = new Conv2d({ inChannels: 1, outChannels: 1, kernelSize: [${height}, ${width}], initializer: "zeros" });
for (let step = 0; step < 200; step++) {
  const { shape, data } = layer.forward(x);
  layer.backward({ shape, data: data.map((value, n) => (value - y[n]) / data.length) });
  sgdStep(layer.parameters, rate);
}
layer.filter.value;`;
}

function moments() {
  const ring = matrix(LARGEST).format(HIDDEN.ring);
  const addresses = [
    "#/learn",
    `#/learn?hidden=${ring}&from=noise&bias=1.5`,
    `#/learn?hidden=${ring}&from=noise&rows=3&columns=3`,
    "#/learn?hidden=0,1,0;1,-1,1;0,1,0&from=picture",
  ];
  return spoken(LEARN).moments.map((text, n) => ({ text, address: addresses[n]! }));
}
