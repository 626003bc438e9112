/**
 * The maps of the first layer, and the window, the kernel and the sum of one of their cells.
 *
 * @module
 */

import type { JSX } from "preact";
import type { Reading } from "../../engine/digits.ts";
import { spoken } from "../../language.ts";
import { clamp, rowsOf, shown } from "../../numbers.ts";
import { HeatMap } from "../../parts/heat-map.tsx";
import { NumberGrid } from "../../parts/number-grid.tsx";
import { Pad } from "../../parts/pad.tsx";
import { cell, MAP_SIDE, MAPS, SIDE } from "./state.ts";
import { DIGITS } from "./texts.ts";

const KERNEL_SIDE = 5;
const STRIDE = 2;
/** Padding "same" of 28 by stride 2 and kernel 5 adds three cells, one of them before. */
const BEFORE = 1;

/** What the maps are told. */
export interface MapsProps {
  readonly reading: Reading & { readonly seen: Float32Array };
}

/** The maps and the cell that is looked at. */
export function Maps({ reading }: MapsProps): JSX.Element {
  const texts = spoken(DIGITS);
  const strongest = reading.maps.reduce((most, value) => Math.max(most, value), 1e-6);
  const [own, i, j] = cellNow();
  return (
    <section>
      <h2>{texts.maps}</h2>
      <div class="maps">
        {Array.from({ length: MAPS }, (_, map) => (
          <figure key={`map ${map}`} class={map === own ? "chosen" : ""}>
            <Pad
              label={texts.map(map + 1)}
              hint={texts.mapHint}
              rows={MAP_SIDE}
              columns={MAP_SIDE}
              onPoint={(row, column) => {
                cell.value = [map, row, column];
              }}
              onStep={(down, across) => {
                cell.value = [map, clamp(i + down, 0, MAP_SIDE - 1), clamp(j + across, 0, MAP_SIDE - 1)];
              }}
            >
              <HeatMap data={reading.maps.filter((_, n) => n % MAPS === map)} columns={MAP_SIDE} strongest={strongest}>
                {map === own && <rect class="mark" x={j} y={i} width={1} height={1} />}
              </HeatMap>
            </Pad>
            <figcaption>{map + 1}</figcaption>
          </figure>
        ))}
      </div>
      <Cell reading={reading} />
    </section>
  );
}

function Cell({ reading }: MapsProps): JSX.Element {
  const texts = spoken(DIGITS);
  const [map, i, j] = cellNow();
  const [top, left] = [i * STRIDE - BEFORE, j * STRIDE - BEFORE];
  const weights = Array.from({ length: KERNEL_SIDE ** 2 }, (_, n) => reading.filter[n * MAPS + map]!);
  let sum = reading.bias[map]!;
  for (const [n, weight] of weights.entries()) {
    const [row, column] = [top + Math.floor(n / KERNEL_SIDE), left + (n % KERNEL_SIDE)];
    const isInside = row >= 0 && row < SIDE && column >= 0 && column < SIDE;
    if (isInside) sum += weight * reading.seen[row * SIDE + column]!;
  }
  return (
    <>
      <div class="panels two">
        <figure>
          <HeatMap data={reading.seen} columns={SIDE} strongest={1} label={texts.window} grey>
            <rect class="mark seen" x={left} y={top} width={KERNEL_SIDE} height={KERNEL_SIDE} />
          </HeatMap>
          <figcaption>{texts.window}</figcaption>
        </figure>
        <figure>
          <NumberGrid
            rows={rowsOf(weights, KERNEL_SIDE)}
            strongest={weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 1e-6)}
            label={texts.weights(map + 1)}
          />
          <figcaption>{texts.weights(map + 1)}</figcaption>
        </figure>
      </div>
      <p role="status" data-sum={sum} data-map={reading.maps[(i * MAP_SIDE + j) * MAPS + map]}>
        {texts.cell(map + 1, i, j, shown(sum, 3))}
      </p>
    </>
  );
}

function cellNow(): readonly [number, number, number] {
  const [map, i, j] = cell.value as [number, number, number];
  return [Math.min(map, MAPS - 1), i, j];
}
