/**
 * Stage 6: what one output cell of a stack of layers sees, in theory and in fact.
 *
 * @module
 */

import { type Signal, signal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { type Codec, parameter } from "../../address.ts";
import { word } from "../../codecs.ts";
import { latest, workshop } from "../../engine/client.ts";
import type { Field, FieldLayer } from "../../engine/field.ts";
import { spoken } from "../../language.ts";
import { shown } from "../../numbers.ts";
import { Choice } from "../../parts/choice.tsx";
import { HeatMap } from "../../parts/heat-map.tsx";
import { Readings } from "../../parts/readings.tsx";
import { Stage } from "../../parts/stage.tsx";
import formula from "./formula.tex";
import { FIELD } from "./texts.ts";
import { fieldSide } from "./theory.ts";

const MOST_LAYERS = 5;
const KERNELS = [1, 2, 3, 4, 5, 6, 7];
const STRIDES = [1, 2];
const DILATIONS = [1, 2, 3];

/** Layers as `3;3,2;5,1,2`: kernel, stride, dilation, what is 1 left out. */
const layersCodec: Codec<readonly FieldLayer[]> = {
  parse(text) {
    const layers = text.split(";").map((part) => {
      const [kernel = 0, stride = 1, dilation = 1, ...more] = part.split(",").map(Number);
      const known = KERNELS.includes(kernel) && STRIDES.includes(stride) && DILATIONS.includes(dilation);
      return known && more.length === 0 ? { kernel, stride, dilation } : undefined;
    });
    return layers.length <= MOST_LAYERS && layers.every((layer) => layer !== undefined) ? layers : undefined;
  },
  format: (layers) =>
    layers.map(({ kernel, stride, dilation }) => `${kernel},${stride},${dilation}`.replace(/(,1){1,2}$/, "")).join(";"),
};

const layer = (kernel: number, stride = 1, dilation = 1): FieldLayer => ({ kernel, stride, dilation });

const layers = parameter("field", "layers", layersCodec, [layer(3), layer(3), layer(3)]);
const weights = parameter("field", "weights", word("equal", "random"), "equal");
const field: Signal<Field | undefined> = signal(undefined);

const compute = latest(async (stack: readonly FieldLayer[], kind: "equal" | "random") => {
  field.value = await workshop().fieldOf(stack, kind);
});

/** The stage. */
export default function FieldStage(): JSX.Element {
  const texts = spoken(FIELD);
  useSignalEffect(() => compute(layers.value, weights.value));
  const now = field.value;
  const theory = fieldSide(layers.value);
  return (
    <Stage title={texts.title} lead={texts.lead} formula={formula} call={call()} moments={moments()}>
      <div class="panels field">
        <Stack />
        <figure>
          <HeatMap data={now?.gradient ?? []} columns={now?.side ?? 1} strongest={1} label={texts.map}>
            {now !== undefined && (
              <rect
                class="mark"
                x={(now.side - theory) / 2}
                y={(now.side - theory) / 2}
                width={theory}
                height={theory}
              />
            )}
          </HeatMap>
          <figcaption>{texts.map}</figcaption>
        </figure>
      </div>
      {now !== undefined && (
        <Readings
          readings={[
            { name: texts.theory, value: `${theory}`, id: "theory" },
            { name: texts.seen, value: `${now.seen}`, id: "seen" },
            { name: texts.effective, value: shown(now.effective, 1), id: "effective", strong: true },
          ]}
        />
      )}
    </Stage>
  );
}

/** The layers, each with what it may be. */
function Stack(): JSX.Element {
  const texts = spoken(FIELD);
  const change = (n: number, part: Partial<FieldLayer>): void => {
    layers.value = layers.value.map((old, index) => (index === n ? { ...old, ...part } : old));
  };
  return (
    <section aria-label={texts.layers}>
      <ol class="stack">
        {layers.value.map((own, n) => (
          <li key={`layer ${n + 1}`}>
            <b>{texts.layer(n + 1)}</b>
            <span class="choices">
              <Pick
                name={texts.kernel}
                label={`${texts.layer(n + 1)}: ${texts.kernel}`}
                values={KERNELS}
                value={own.kernel}
                onPick={(kernel) => change(n, { kernel })}
              />
              <Pick
                name={texts.stride}
                label={`${texts.layer(n + 1)}: ${texts.stride}`}
                values={STRIDES}
                value={own.stride}
                onPick={(stride) => change(n, { stride })}
              />
              <Pick
                name={texts.dilation}
                label={`${texts.layer(n + 1)}: ${texts.dilation}`}
                values={DILATIONS}
                value={own.dilation}
                onPick={(dilation) => change(n, { dilation })}
              />
            </span>
            <span class="hint">{texts.sees(fieldSide(layers.value.slice(0, n + 1)))}</span>
          </li>
        ))}
      </ol>
      <div class="choices">
        <button
          type="button"
          disabled={layers.value.length === MOST_LAYERS}
          onClick={() => {
            layers.value = [...layers.value, layer(3)];
          }}
        >
          {texts.add}
        </button>
        <button
          type="button"
          disabled={layers.value.length === 1}
          onClick={() => {
            layers.value = layers.value.slice(0, -1);
          }}
        >
          {texts.remove}
        </button>
      </div>
      <div class="controls">
        <Choice label={texts.weights} value={weights} names={texts.kinds} />
      </div>
    </section>
  );
}

interface PickProps {
  readonly name: string;
  readonly label: string;
  readonly values: readonly number[];
  readonly value: number;
  onPick(value: number): void;
}

function Pick({ name, label, values, value, onPick }: PickProps): JSX.Element {
  return (
    <span class="choice">
      {name}
      <select aria-label={label} value={value} onChange={(event) => onPick(Number(event.currentTarget.value))}>
        {values.map((n) => (
          <option key={n} value={n}>
            {n}
          </option>
        ))}
      </select>
    </span>
  );
}

function call(): string {
  const side = field.value?.side ?? 0;
  const lines = layers.value.map(({ kernel, stride, dilation }) => {
    const options = [
      `kernelSize: ${kernel}`,
      ...(stride > 1 ? [`strides: ${stride}`] : []),
      ...(dilation > 1 ? [`dilations: ${dilation}`] : []),
    ];
    return `  new Conv2d({ inChannels: 1, outChannels: 1, ${options.join(", ")}, bias: false }),`;
  });
  return `import { tensor } from "@corr2d/core";
import { Conv2d } from "@corr2d/core/layers";

const layers = [
${lines.join("\n")}
];
let x = tensor([1, ${side}, ${side}, 1], new Float32Array(${side * side}));
for (const layer of layers) x = layer.forward(x);
// Back from a 1 in the middle of the output:
let gradient = tensor([1, 3, 3, 1], [0, 0, 0, 0, 1, 0, 0, 0, 0]);
for (const layer of layers.reverse()) gradient = layer.backward(gradient);`;
}

function moments() {
  const addresses = [
    "#/field?layers=3;3",
    "#/field?layers=3;3;3;3;3",
    "#/field?layers=3,2;3,2;3,2;3",
    "#/field?layers=3,1,2;3,1,2;3,1,2",
  ];
  return spoken(FIELD).moments.map((text, n) => ({ text, address: addresses[n]! }));
}
