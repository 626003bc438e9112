/**
 * A surface of cells on which something is moved: by dragging, by touch, or by the arrow keys.
 *
 * @module
 */

import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

/** What a pad is told. */
export interface PadProps {
  /** What is moved here, for those who do not see it. */
  readonly label: string;
  /** How it is moved. */
  readonly hint: string;
  readonly rows: number;
  readonly columns: number;
  /** The cell under the pointer, or whose corner is moved by keys. */
  onPoint(row: number, column: number, first: boolean): void;
  /** Steps of the arrow keys. */
  onStep(down: number, across: number): void;
  /** Space and Enter. */
  onPress?: () => void;
  readonly class?: string;
  readonly children: ComponentChildren;
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** The surface; its children are what is drawn on it. */
export function Pad(props: PadProps): JSX.Element {
  const { label, hint, rows, columns, onPoint, onStep, onPress } = props;
  const hintId = useId();
  const point = (event: PointerEvent, first: boolean): void => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const cell = (offset: number, length: number, cells: number): number =>
      Math.max(0, Math.min(cells - 1, Math.floor((offset / length) * cells)));
    onPoint(cell(event.clientY - box.top, box.height, rows), cell(event.clientX - box.left, box.width, columns), first);
  };
  return (
    <div
      class={`pad ${props.class ?? ""}`}
      role="application"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes keys, as its role says
      tabIndex={0}
      aria-label={label}
      aria-describedby={hintId}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        point(event, true);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) point(event, false);
      }}
      onKeyDown={(event) => {
        const step = STEPS[event.key];
        if (step !== undefined) onStep(...step);
        else if (onPress !== undefined && (event.key === " " || event.key === "Enter")) onPress();
        else return;
        event.preventDefault();
      }}
    >
      {props.children}
      <span id={hintId} hidden>
        {hint}
      </span>
    </div>
  );
}
