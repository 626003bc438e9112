/**
 * Stage 3: a layer of the shifted picture beside the shifted result of the layer.
 *
 * @module
 */

import { type Signal, signal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { parameter } from "../../address.ts";
import { integers, word } from "../../codecs.ts";
import { engine, latest, workshop } from "../../engine/client.ts";
import type { Edges, LayerKind, Shifted } from "../../engine/shift.ts";
import { spoken } from "../../language.ts";
import { clamp, shown } from "../../numbers.ts";
import { Choice } from "../../parts/choice.tsx";
import { HeatMap } from "../../parts/heat-map.tsx";
import { Pad } from "../../parts/pad.tsx";
import { Readings } from "../../parts/readings.tsx";
import { Stage } from "../../parts/stage.tsx";
import { PicturePicker } from "../../picture/picker.tsx";
import { revision } from "../../picture/picture.ts";
import formula from "./formula.tex";
import { DRAG } from "./texts.ts";

const SIDE = 24;
/** The kernel reaches this far. */
const REACH = 1;

const kind: Signal<LayerKind> = parameter("drag", "layer", word("dense", "local", "convolution"), "convolution");
const edges: Signal<Edges> = parameter("drag", "edges", word("zeros", "wrap"), "wrap");
const moved = parameter("drag", "shift", integers(2, -SIDE + 1, SIDE - 1), [3, 5]);

const now: Signal<Shifted | undefined> = signal(undefined);

const compute = latest(async (layer: LayerKind, outside: Edges, down: number, across: number) => {
  const picture = (await engine().smallPicture(SIDE, SIDE)).map((grey) => Math.round(255 * grey));
  now.value = await workshop().shiftPicture(picture, layer, outside, down, across);
});

/** The stage. */
export default function Drag(): JSX.Element {
  const texts = spoken(DRAG);
  const from = useRef<readonly [number, number]>([0, 0]);
  const [down, across] = moved.value as [number, number];
  useSignalEffect(() => {
    if (revision.value > 0) compute(kind.value, edges.value, moved.value[0]!, moved.value[1]!);
  });
  const shifted = now.value;
  const none = new Float32Array(0);
  const strongest = strongestOf(shifted?.y ?? none);
  return (
    <Stage title={texts.title} lead={texts.lead} formula={formula} call={call()} moments={moments()}>
      <div class="controls">
        <Choice label={texts.layer} value={kind} names={texts.layers} />
        <Choice label={texts.edges} value={edges} names={texts.edge} />
      </div>
      <PicturePicker />
      <div class="panels four">
        <figure>
          <Pad
            label={texts.pad}
            hint={texts.hint}
            rows={SIDE}
            columns={SIDE}
            onPoint={(row, column, first) => {
              if (first) from.current = [row - down, column - across];
              else move(row - from.current[0], column - from.current[1]);
            }}
            onStep={(rows, columns) => move(down + rows, across + columns)}
          >
            <HeatMap data={shifted?.shifted ?? none} columns={SIDE} strongest={255} grey />
          </Pad>
          <figcaption>{texts.shifted}</figcaption>
        </figure>
        <figure>
          <HeatMap data={shifted?.shiftedFirst ?? none} columns={SIDE} strongest={strongest} label={texts.first} />
          <figcaption>{texts.first}</figcaption>
        </figure>
        <figure>
          <HeatMap data={shifted?.shiftedLast ?? none} columns={SIDE} strongest={strongest} label={texts.last} />
          <figcaption>{texts.last}</figcaption>
        </figure>
        <figure>
          <HeatMap data={shifted?.difference ?? none} columns={SIDE} strongest={strongest} label={texts.difference} />
          <figcaption>{texts.difference}</figcaption>
        </figure>
      </div>
      {shifted !== undefined && (
        <>
          <Readings
            readings={[
              { name: texts.shift, value: `${shown(down)}, ${shown(across)}`, id: "shift" },
              { name: texts.largest, value: shown(shifted.largest), strong: true, id: "largest" },
              {
                name: texts.cells(shifted.difference.filter((value) => value !== 0).length, SIDE * SIDE),
                value: `${Math.round((100 * shifted.difference.filter((value) => value !== 0).length) / SIDE ** 2)} %`,
              },
            ]}
          />
          <p class="verdict" role="status">
            {shifted.largest === 0 ? texts.same : atEdgesOnly(shifted) ? texts.edgesOnly : texts.differs}
          </p>
        </>
      )}
      <button type="button" onClick={() => move(0, 0)}>
        {texts.reset}
      </button>
    </Stage>
  );
}

function move(down: number, across: number): void {
  moved.value = [clamp(down, -SIDE + 1, SIDE - 1), clamp(across, -SIDE + 1, SIDE - 1)];
}

/** Whether cells differ only where the kernel sees what lies outside, before the shift or after it. */
function atEdgesOnly({ difference }: Shifted): boolean {
  const [down, across] = moved.value as [number, number];
  const near = (index: number, shift: number): boolean => {
    const first = Math.max(0, shift) + REACH;
    const last = SIDE - 1 + Math.min(0, shift) - REACH;
    return index < first || index > last;
  };
  return difference.every((value, n) => value === 0 || near(Math.floor(n / SIDE), down) || near(n % SIDE, across));
}

function strongestOf(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
}

function call(): string {
  const boundary = edges.value === "wrap" ? "wrap" : "constant";
  if (kind.value === "convolution") {
    return `import { corr2d } from "@corr2d/core";

const f = (x) => corr2d(x, kernel, { mode: "same", boundary: "${boundary}" });
// The same for every shift, if boundary is "wrap":
f(shift(x));
shift(f(x));`;
  }
  if (kind.value === "local") {
    return `import { LocallyConnected2d } from "@corr2d/core/layers";

// Each of 24 × 24 places has a 3 × 3 kernel of its own.
const layer = new LocallyConnected2d({ inputSize: 26, inChannels: 1, outChannels: 1, kernelSize: 3 });
layer.forward(shift(x));
shift(layer.forward(x));`;
  }
  return `import { denseLayer } from "@corr2d/core/derivation";

// weights: [24, 24, 24, 24], one for every pair of a unit and a pixel.
denseLayer(shift(x), weights);
shift(denseLayer(x, weights));`;
}

function moments() {
  const addresses = ["#/drag", "#/drag?edges=zeros", "#/drag?layer=local", "#/drag?layer=dense"];
  return spoken(DRAG).moments.map((text, n) => ({ text, address: addresses[n]! }));
}
