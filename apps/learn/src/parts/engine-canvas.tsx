/**
 * A canvas that the worker draws on.
 *
 * @module
 */

import { transfer } from "comlink";
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { engine } from "../engine/client.ts";

/** What the canvas is told. */
export interface EngineCanvasProps {
  /** The name that the worker knows it by. */
  readonly name: string;
  readonly label: string;
  /** Called when the worker has it. */
  onAttached?: () => void;
}

/** The canvas. */
export function EngineCanvas({ name, label, onAttached }: EngineCanvasProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const drawn = canvas.current!.transferControlToOffscreen();
    void engine()
      .attachCanvas(name, transfer(drawn, [drawn]))
      .then(onAttached);
  }, []);
  return <canvas ref={canvas} width={1} height={1} role="img" aria-label={label} data-canvas={name} />;
}
