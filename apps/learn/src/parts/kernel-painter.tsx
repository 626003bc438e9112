/**
 * A kernel that is painted: with a brush of one value, by dragging, or by arrow keys and the space bar.
 *
 * @module
 */

import { type Signal, signal } from "@preact/signals";
import type { JSX } from "preact";
import type { Rows } from "../codecs.ts";
import { spoken, type Texts } from "../language.ts";
import { clamp } from "../numbers.ts";
import { Choice } from "./choice.tsx";
import { NumberGrid } from "./number-grid.tsx";
import { Pad } from "./pad.tsx";

const TEXTS: Texts<Record<"kernel" | "hint" | "brush", string>> = {
  en: {
    kernel: "The kernel to paint",
    hint: "Drag to paint, or move with the arrow keys and paint with the space bar.",
    brush: "Paint with",
  },
  zh: { kernel: "要画的卷积核", hint: "拖动来画，或用方向键移动、空格键画。", brush: "画笔" },
};

/** The values of the brush. */
type Brush = "1" | "0" | "-1";

const brush: Signal<Brush> = signal("1");
const cursor = signal<readonly [number, number]>([0, 0]);

/** What the painter is told. */
export interface KernelPainterProps {
  readonly kernel: Signal<Rows>;
  readonly columnsAcross: number;
}

/** The painter. */
export function KernelPainter({ kernel, columnsAcross }: KernelPainterProps): JSX.Element {
  const texts = spoken(TEXTS);
  const rows = kernel.value;
  const [height, width] = [rows.length, rows[0]!.length];
  const at = [clamp(cursor.value[0], 0, height - 1), clamp(cursor.value[1], 0, width - 1)] as const;
  const paint = (row: number, column: number): void => {
    cursor.value = [row, column];
    const value = Number(brush.value);
    if (kernel.value[row]![column] === value) return;
    kernel.value = kernel.value.map((cells, i) =>
      i === row ? cells.map((cell, j) => (j === column ? value : cell)) : cells,
    );
  };
  return (
    <div class="painter">
      <div style={{ width: `${(100 * width) / columnsAcross}%` }}>
        <Pad
          label={texts.kernel}
          hint={texts.hint}
          rows={height}
          columns={width}
          onPoint={paint}
          onStep={(down, across) => {
            cursor.value = [clamp(at[0] + down, 0, height - 1), clamp(at[1] + across, 0, width - 1)];
          }}
          onPress={() => paint(...at)}
        >
          <NumberGrid rows={rows} strongest={1} window={{ top: at[0], left: at[1], height: 1, width: 1 }} />
        </Pad>
      </div>
      <Choice label={texts.brush} value={brush} names={{ "1": "1", "0": "0", "-1": "\u22121" }} />
    </div>
  );
}
