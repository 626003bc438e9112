/**
 * A matrix as numbers in cells, the larger the darker, with a window over some of them.
 *
 * @module
 */

import type { JSX } from "preact";
import type { Rows } from "../codecs.ts";
import { shown } from "../numbers.ts";

/** Cells that belong together. */
export interface Window {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** What a grid is told. */
export interface NumberGridProps {
  readonly rows: Rows;
  /** For those who do not see it; without, it is a part of something that has one. */
  readonly label?: string | undefined;
  readonly window?: Window | undefined;
  /** The magnitude that is darkest. */
  readonly strongest: number;
  /** Digits after the point. */
  readonly digits?: number;
  readonly class?: string;
  /** How many columns would fill the width there is; grids of the same number have cells of the same size. */
  readonly columnsAcross?: number;
}

/** Side of a cell, in units of the drawing. */
const CELL = 40;

/** The grid. */
export function NumberGrid({
  rows,
  label,
  window,
  strongest,
  digits = 2,
  columnsAcross,
  ...others
}: NumberGridProps): JSX.Element {
  const columns = rows[0]?.length ?? 0;
  const [width, height] = [columns * CELL, rows.length * CELL];
  return (
    <svg
      class={`numbers ${others.class ?? ""}`}
      viewBox={`-2 -2 ${width + 4} ${height + 4}`}
      role={label === undefined ? "presentation" : "img"}
      aria-label={label}
      data-columns={columns}
      style={columnsAcross === undefined ? undefined : { width: `${(100 * columns) / columnsAcross}%` }}
    >
      {rows.map((row, i) =>
        row.map((value, j) => {
          const text = shown(value, digits);
          const strength = Math.min(1, Math.abs(value) / strongest || 0);
          return (
            <g key={`${i} ${j}`} class={value < 0 ? "cell negative" : "cell"}>
              <rect x={j * CELL} y={i * CELL} width={CELL} height={CELL} fill-opacity={0.05 + 0.45 * strength} />
              <text x={(j + 0.5) * CELL} y={(i + 0.5) * CELL} font-size={fontSize(text)}>
                {text}
              </text>
            </g>
          );
        }),
      )}
      {window !== undefined && (
        <rect
          class="window"
          x={window.left * CELL}
          y={window.top * CELL}
          width={window.width * CELL}
          height={window.height * CELL}
          rx={4}
        />
      )}
    </svg>
  );
}

/** Long numbers get small. */
function fontSize(text: string): number {
  return Math.min(17, (CELL * 1.55) / text.length);
}
