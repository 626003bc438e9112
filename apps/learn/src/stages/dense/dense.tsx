/**
 * Stage 2: the weights of a fully connected layer become those of a convolution.
 *
 * @module
 */

import { type Signal, signal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { parameter } from "../../address.ts";
import { integer, integers, real } from "../../codecs.ts";
import { latest, workshop } from "../../engine/client.ts";
import type { Weights } from "../../engine/derivation.ts";
import { spoken } from "../../language.ts";
import { clamp, grouped, rowsOf, shown } from "../../numbers.ts";
import { HeatMap } from "../../parts/heat-map.tsx";
import { NumberGrid } from "../../parts/number-grid.tsx";
import { Pad } from "../../parts/pad.tsx";
import { Readings } from "../../parts/readings.tsx";
import { Slider } from "../../parts/slider.tsx";
import { Stage } from "../../parts/stage.tsx";
import formula from "./formula.tex";
import { DENSE } from "./texts.ts";

const SIDE = 8;
const PIXELS = SIDE * SIDE;
const DISTANCES = 2 * SIDE - 1;
const STRONGEST = 2.5;
/** Of kernels larger than this the numbers are too small to read. */
const LARGEST_SHOWN = 5;

const sharing = parameter("dense", "sharing", real(0, 1), 0);
const delta = parameter("dense", "delta", integer(0, SIDE - 1), SIDE - 1);
const unit = parameter("dense", "unit", integers(2, 0, SIDE - 1), [3, 4]);

const weights: Signal<Weights | undefined> = signal(undefined);

const compute = latest(async (degree: number, reach: number) => {
  weights.value = await workshop().weightsBetween(degree, reach);
});

/** The stage. */
export default function Dense(): JSX.Element {
  const texts = spoken(DENSE);
  useSignalEffect(() => compute(sharing.value, delta.value));
  const [i, j] = unit.value as [number, number];
  const now = weights.value;
  const none = new Float32Array(0);
  return (
    <Stage title={texts.title} lead={texts.lead} formula={formula} call={call()} moments={moments()}>
      <div class="sliders">
        <Slider
          label={texts.sharing}
          value={sharing}
          minimum={0}
          maximum={1}
          step={0.01}
          format={(value) => shown(value)}
        />
        <Slider label={texts.delta} value={delta} minimum={0} maximum={SIDE - 1} />
      </div>
      <div class="panels dense">
        <figure class="matrix">
          <Pad
            label={texts.matrixLabel}
            hint={texts.matrixHint}
            rows={PIXELS}
            columns={1}
            onPoint={(row) => {
              unit.value = [Math.floor(row / SIDE), row % SIDE];
            }}
            onStep={(down, across) => {
              unit.value = [clamp(i + down, 0, SIDE - 1), clamp(j + across, 0, SIDE - 1)];
            }}
          >
            <HeatMap data={now?.absolute ?? none} columns={PIXELS} strongest={STRONGEST}>
              <rect class="mark" x={0} y={i * SIDE + j} width={PIXELS} height={1} />
            </HeatMap>
          </Pad>
          <figcaption>{texts.matrix}</figcaption>
        </figure>
        <div class="units">
          <figure>
            <HeatMap
              data={now === undefined ? none : slice(now.absolute, i, j, PIXELS)}
              columns={SIDE}
              strongest={STRONGEST}
              label={texts.byPixel(i, j)}
            >
              <rect class="mark" x={j} y={i} width={1} height={1} />
            </HeatMap>
            <figcaption>{texts.byPixel(i, j)}</figcaption>
          </figure>
          <figure>
            <HeatMap
              data={now === undefined ? none : withGaps(slice(now.relative, i, j, DISTANCES * DISTANCES), i, j)}
              columns={DISTANCES}
              strongest={STRONGEST}
              label={texts.byDistance(i, j)}
            >
              <rect class="mark" x={SIDE - 1} y={SIDE - 1} width={1} height={1} />
            </HeatMap>
            <figcaption>{texts.byDistance(i, j)}</figcaption>
          </figure>
        </div>
      </div>
      {now !== undefined && <Figures now={now} />}
    </Stage>
  );
}

/** How far it is from a convolution, in numbers. */
function Figures({ now }: { readonly now: Weights }): JSX.Element {
  const texts = spoken(DENSE);
  const isShared = sharing.value === 1;
  const isLocal = delta.value < SIDE - 1;
  const side = 2 * delta.value + 1;
  return (
    <>
      <Readings
        readings={[
          { name: texts.variance, value: now.variance < 1e-6 ? "0" : shown(now.variance, 3), id: "variance" },
          { name: texts.energy, value: shown(now.energy, 3), id: "energy" },
        ]}
      />
      <h2>{texts.counts}</h2>
      <Readings
        readings={[
          { name: texts.dense, value: grouped(now.counts.dense), strong: !isShared && !isLocal, id: "dense" },
          { name: texts.shared, value: grouped(now.counts.shared), strong: isShared && !isLocal, id: "shared" },
          { name: texts.local, value: grouped(now.counts.local), strong: !isShared && isLocal, id: "local" },
          {
            name: texts.convolution,
            value: grouped(now.counts.convolution),
            strong: isShared && isLocal,
            id: "convolution",
          },
        ]}
      />
      <p class="verdict" role="status">
        {now.isConvolution ? texts.isConvolution : texts.isNot}
      </p>
      {now.isConvolution && side <= LARGEST_SHOWN && (
        <div class="found">
          <NumberGrid
            rows={rowsOf(now.kernel, side)}
            strongest={STRONGEST}
            label={texts.kernel}
            columnsAcross={LARGEST_SHOWN}
          />
        </div>
      )}
    </>
  );
}

/** The weights of one unit. */
function slice(data: Float32Array, i: number, j: number, length: number): Float32Array {
  return data.subarray((i * SIDE + j) * length, (i * SIDE + j + 1) * length);
}

/** NaN at distances where the unit has no pixel. */
function withGaps(own: Float32Array, i: number, j: number): Float32Array {
  return own.map((weight, n) => {
    const row = i + Math.floor(n / DISTANCES) - SIDE + 1;
    const column = j + (n % DISTANCES) - SIDE + 1;
    return row >= 0 && row < SIDE && column >= 0 && column < SIDE ? weight : Number.NaN;
  });
}

function call(): string {
  return `import {
  energyBeyond, localize, shareWeights, toAbsolute, toRelative, translationVariance, unshareWeights,
} from "@corr2d/core/derivation";

const v = toRelative(weights);                          // weights by distance
const shared = unshareWeights(shareWeights(v), [8, 8]); // the nearest that all units share
const local = localize(shared, ${delta.value});                      // nothing beyond Δ
translationVariance(local);
energyBeyond(local, 1);
toAbsolute(local);                                      // the matrix, ${sharing.value === 1 ? "which is" : "at sharing 1"} a convolution's`;
}

function moments() {
  const addresses = ["#/dense", "#/dense?sharing=1", "#/dense?delta=1", "#/dense?sharing=1&delta=1"];
  return spoken(DENSE).moments.map((text, n) => ({ text, address: addresses[n]! }));
}
