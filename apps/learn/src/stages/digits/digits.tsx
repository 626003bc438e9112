/**
 * Stage 8: a small network learns to read digits, and its first layer can be looked into.
 *
 * @module
 */

import { signal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { spoken } from "../../language.ts";
import { clamp, shown } from "../../numbers.ts";
import { HeatMap } from "../../parts/heat-map.tsx";
import { Pad } from "../../parts/pad.tsx";
import { Readings } from "../../parts/readings.tsx";
import { Stage } from "../../parts/stage.tsx";
import { Maps } from "./maps.tsx";
import {
  clear,
  draw,
  drawing,
  example,
  forget,
  kind,
  prepare,
  problem,
  progress,
  read,
  reading,
  SIDE,
  showExample,
  train,
  training,
} from "./state.ts";
import { DIGITS } from "./texts.ts";

const HELD_OUT = 500;
const brush = signal<readonly [number, number]>([14, 14]);

/** The stage. */
export default function Digits(): JSX.Element {
  const texts = spoken(DIGITS);
  useEffect(() => {
    void prepare();
    return () => {
      training.value = false;
    };
  }, []);
  const isReady = progress.value !== undefined;
  useSignalEffect(() => {
    if (progress.value !== undefined) read(drawing.value);
  });
  useSignalEffect(() => {
    const n = example.value;
    if (isLoaded.value) showExample(n);
  });
  isLoaded.value = isReady;
  return (
    <Stage title={texts.title} lead={texts.lead} call={call()} moments={moments()}>
      {problem.value !== "" && (
        <p class="notice" role="alert">
          {texts.notLoaded(problem.value)}
        </p>
      )}
      {isReady ? <Training /> : <p role="status">{texts.loading}</p>}
      <div class="panels digits">
        <Drawing />
        <Verdict />
      </div>
      {reading.value !== undefined && <Maps reading={reading.value} />}
    </Stage>
  );
}

/** Set once the digits are there, so that a digit is shown then and not at each step of training. */
const isLoaded = signal(false);

function Training(): JSX.Element {
  const texts = spoken(DIGITS);
  const { steps, loss, accuracy } = progress.value!;
  return (
    <>
      <div class="choices">
        <button
          type="button"
          class="primary"
          onClick={() => {
            if (training.value) training.value = false;
            else void train();
          }}
        >
          {training.value ? texts.pause : texts.train}
        </button>
        <button type="button" onClick={() => void forget()}>
          {texts.again}
        </button>
      </div>
      <Readings
        readings={[
          { name: texts.accuracy, value: `${shown(100 * accuracy, 1)} %`, id: "accuracy", strong: true },
          { name: texts.steps, value: `${steps}`, id: "steps" },
          { name: texts.loss, value: shown(loss, 3), id: "loss" },
        ]}
      />
    </>
  );
}

function Drawing(): JSX.Element {
  const texts = spoken(DIGITS);
  const [row, column] = brush.value;
  return (
    <figure>
      <Pad
        label={texts.draw}
        hint={texts.drawHint}
        rows={SIDE}
        columns={SIDE}
        onPoint={(i, j) => {
          brush.value = [i, j];
          draw(i, j);
        }}
        onStep={(down, across) => {
          brush.value = [clamp(row + down, 0, SIDE - 1), clamp(column + across, 0, SIDE - 1)];
        }}
        onPress={() => draw(...brush.value)}
      >
        <HeatMap data={drawing.value} columns={SIDE} strongest={1} grey>
          <rect class="mark brush" x={column} y={row} width={1} height={1} />
        </HeatMap>
      </Pad>
      <figcaption>
        {texts.draw}
        {kind.value !== undefined && ` · ${texts.isA(kind.value)}`}
      </figcaption>
      <div class="choices after">
        <button type="button" onClick={clear}>
          {texts.clear}
        </button>
        <button
          type="button"
          onClick={() => {
            const next = (example.value + 1) % HELD_OUT;
            // After a drawing the same digit would do as well, but another is what was asked for.
            example.value = next;
          }}
        >
          {texts.another}
        </button>
      </div>
    </figure>
  );
}

/** The ten probabilities. */
function Verdict(): JSX.Element {
  const texts = spoken(DIGITS);
  const probabilities = [...(reading.value?.probabilities ?? new Float32Array(10))];
  const best = probabilities.indexOf(Math.max(...probabilities));
  return (
    <figure>
      <ol class="probabilities" start={0} aria-label={texts.read}>
        {probabilities.map((probability, digit) => (
          <li key={digit} class={digit === best ? "best" : ""}>
            <b>{digit}</b>
            <span class="track">
              <span class={digit === best ? "fill strong" : "fill"} style={{ width: `${100 * probability}%` }} />
            </span>
            <span>{shown(100 * probability, 0)} %</span>
          </li>
        ))}
      </ol>
      <figcaption>
        {texts.read}
        {progress.value?.steps === 0 && ` · ${texts.untrained}`}
      </figcaption>
    </figure>
  );
}

function call(): string {
  return `import { Conv2d, sgdStep } from "@corr2d/core/layers";

const strided = { kernelSize: 5, strides: 2, padding: "same", activation: "relu" };
const layers = [
  new Conv2d({ ...strided, inChannels: 1, outChannels: 8 }),
  new Conv2d({ ...strided, inChannels: 8, outChannels: 16 }),
  new Conv2d({ inChannels: 16, outChannels: 10, kernelSize: 7 }),
];
// One step on a batch [32, 28, 28, 1]:
let y = batch;
for (const layer of layers) y = layer.forward(y);
let dy = softmaxMinusTruth(y);
for (const layer of layers.toReversed()) dy = layer.backward(dy);
for (const layer of layers) sgdStep(layer.parameters, 0.1);`;
}

function moments() {
  const addresses = ["#/digits", "#/digits?cell=3,7,7"];
  return spoken(DIGITS).moments.map((text, n) => ({ text, address: addresses[n]! }));
}
