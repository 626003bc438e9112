/**
 * Stage 5: stride, padding, dilation, transposed: which cells meet, and how many there are.
 *
 * @module
 */

import { type Signal, signal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { parameter } from "../../address.ts";
import { integer, integers, word } from "../../codecs.ts";
import type { Setting, SizeOrError } from "../../engine/arithmetic.ts";
import { latest, workshop } from "../../engine/client.ts";
import { spoken } from "../../language.ts";
import { clamp } from "../../numbers.ts";
import { Choice } from "../../parts/choice.tsx";
import { Pad } from "../../parts/pad.tsx";
import { Slider } from "../../parts/slider.tsx";
import { Formula, Stage } from "../../parts/stage.tsx";
import { filledFormula } from "./formula.ts";
import { ARITHMETIC } from "./texts.ts";

const LARGEST_INPUT = 16;
const LARGEST_DRAWN = 40;
const FRAME_MS = 450;

const kind = parameter("arithmetic", "kind", word("direct", "transposed"), "direct");
const input = parameter("arithmetic", "n", integer(1, LARGEST_INPUT), 7);
const kernel = parameter("arithmetic", "k", integer(1, 7), 3);
const stride = parameter("arithmetic", "s", integer(1, 4), 1);
const padding = parameter("arithmetic", "p", integer(0, 6), 0);
const dilation = parameter("arithmetic", "d", integer(1, 3), 1);
const outputPadding = parameter("arithmetic", "q", integer(0, 3), 0);
const cell = parameter("arithmetic", "at", integers(2, 0, LARGEST_INPUT + 12), [1, 1]);
const playing = signal(false);

/** What core answered, and to what. */
const answer: Signal<{ readonly setting: Setting; readonly result: SizeOrError } | undefined> = signal(undefined);

const ask = latest(async (setting: Setting) => {
  answer.value = { setting, result: await workshop().outputSizeOf(setting) };
});

function settingNow(): Setting {
  return {
    transposed: kind.value === "transposed",
    input: input.value,
    kernel: kernel.value,
    stride: stride.value,
    padding: padding.value,
    dilation: dilation.value,
    outputPadding: kind.value === "transposed" ? outputPadding.value : 0,
  };
}

/** The stage. */
export default function Arithmetic(): JSX.Element {
  const texts = spoken(ARITHMETIC);
  useSignalEffect(() => ask(settingNow()));
  useSignalEffect(() => {
    if (!playing.value) return;
    const timer = setInterval(playOn, FRAME_MS);
    return () => clearInterval(timer);
  });
  const now = answer.value;
  const size = now !== undefined && "size" in now.result ? now.result.size : undefined;
  return (
    <Stage title={texts.title} lead={texts.lead} call={call()} moments={moments()}>
      <div class="controls">
        <Choice label={texts.kind} value={kind} names={texts.kinds} />
      </div>
      <div class="sliders six">
        <Slider label={texts.input} value={input} minimum={1} maximum={LARGEST_INPUT} />
        <Slider label={texts.kernel} value={kernel} minimum={1} maximum={7} />
        <Slider label={texts.stride} value={stride} minimum={1} maximum={4} />
        <Slider label={texts.padding} value={padding} minimum={0} maximum={6} />
        <Slider label={texts.dilation} value={dilation} minimum={1} maximum={3} />
        {kind.value === "transposed" && (
          <Slider label={texts.outputPadding} value={outputPadding} minimum={0} maximum={3} />
        )}
      </div>
      {now !== undefined && (
        <div data-size={size ?? "none"} data-asked={JSON.stringify(now.setting)}>
          <Formula markup={filledFormula(now.setting, size)} />
          {"error" in now.result ? (
            <div class="notice" role="alert">
              <p>{texts.impossible}</p>
              <code class="message">{now.result.error}</code>
            </div>
          ) : (
            <Meeting setting={now.setting} size={now.result.size} />
          )}
        </div>
      )}
    </Stage>
  );
}

/** The two grids, and the cells of the large one that meet one of the small one. */
function Meeting({ setting, size }: { readonly setting: Setting; readonly size: number }): JSX.Element {
  const texts = spoken(ARITHMETIC);
  const small = setting.transposed ? setting.input : size;
  const large = setting.transposed ? size : setting.input;
  const [i, j] = cell.value.map((index) => clamp(index, 0, small - 1)) as [number, number];
  const [smallName, largeName] = setting.transposed
    ? [texts.inputGrid, texts.outputGrid]
    : [texts.outputGrid, texts.inputGrid];
  const move = (row: number, column: number): void => {
    playing.value = false;
    cell.value = [clamp(row, 0, small - 1), clamp(column, 0, small - 1)];
  };
  if (Math.max(large, small) > LARGEST_DRAWN) return <p>{texts.tooLarge(Math.max(large, small))}</p>;
  // Cells of both sides are of one size.
  const widest = Math.max(large + 2 * setting.padding, small);
  const share = (cells: number) => ({ width: `${(100 * cells) / widest}%` });
  const largeFigure = (
    <figure key="large">
      <div style={share(large + 2 * setting.padding)}>
        <LargeGrid setting={setting} size={large} at={[i, j]} label={largeName} />
      </div>
      <figcaption>
        {largeName}: {large} × {large}
      </figcaption>
    </figure>
  );
  const smallFigure = (
    <figure key="small">
      <div style={share(small)}>
        <Pad
          label={setting.transposed ? texts.moveBack : texts.move}
          hint={texts.hint}
          rows={small}
          columns={small}
          onPoint={move}
          onStep={(down, across) => move(i + down, j + across)}
        >
          <svg viewBox={`-0.1 -0.1 ${small + 0.2} ${small + 0.2}`} class="cells" aria-hidden="true">
            {cellsOf(small).map(([row, column]) => (
              <rect
                key={`${row} ${column}`}
                x={column}
                y={row}
                width={1}
                height={1}
                class={row === i && column === j ? "here" : ""}
              />
            ))}
          </svg>
        </Pad>
      </div>
      <figcaption>
        {smallName}: {small} × {small}
      </figcaption>
    </figure>
  );
  return (
    <>
      <button
        type="button"
        onClick={() => {
          playing.value = !playing.value;
        }}
      >
        {playing.value ? texts.pause : texts.play}
      </button>
      <div class="panels two">{setting.transposed ? [smallFigure, largeFigure] : [largeFigure, smallFigure]}</div>
    </>
  );
}

interface LargeGridProps {
  readonly setting: Setting;
  readonly size: number;
  readonly at: readonly [number, number];
  readonly label: string;
}

/** The large side with the cells around it that are padding, or are cut off. */
function LargeGrid({ setting, size, at: [i, j], label }: LargeGridProps): JSX.Element {
  const { kernel: k, stride: s, padding: p, dilation: d } = setting;
  // What a transposed convolution adds after the output lies beyond what is laid out.
  const whole = size + 2 * p;
  const taps = new Set<string>();
  for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) taps.add(`${i * s + a * d - p} ${j * s + b * d - p}`);
  const span = d * (k - 1) + 1;
  return (
    <svg
      class="cells"
      viewBox={`${-p - 0.1} ${-p - 0.1} ${whole + 0.2} ${whole + 0.2}`}
      role="img"
      aria-label={label}
      data-taps={taps.size}
    >
      {cellsOf(whole).map(([row, column]) => {
        const [y, x] = [row - p, column - p];
        const inside = y >= 0 && y < size && x >= 0 && x < size;
        const classes = `${inside ? "" : "outside"} ${taps.has(`${y} ${x}`) ? "tap" : ""}`;
        return <rect key={`${y} ${x}`} x={x} y={y} width={1} height={1} class={classes} />;
      })}
      <rect class="window" x={j * s - p} y={i * s - p} width={span} height={span} />
    </svg>
  );
}

function cellsOf(side: number): (readonly [number, number])[] {
  return Array.from({ length: side * side }, (_, n) => [Math.floor(n / side), n % side] as const);
}

/** On to the next cell, and after the last to the first. */
function playOn(): void {
  const now = answer.peek();
  if (now === undefined || "error" in now.result) return;
  const side = now.setting.transposed ? now.setting.input : now.result.size;
  const [i, j] = cell.peek().map((index) => clamp(index, 0, side - 1)) as [number, number];
  const next = (i * side + j + 1) % (side * side);
  cell.value = [Math.floor(next / side), next % side];
}

function call(): string {
  const { transposed, input: n, kernel: k, stride: s, padding: p, dilation: d, outputPadding: q } = settingNow();
  const options = [
    ...(s === 1 ? [] : [`strides: ${s}`]),
    ...(p === 0 ? [] : [`padding: ${p}`]),
    ...(d === 1 ? [] : [`dilations: ${d}`]),
    ...(q === 0 ? [] : [`outputPadding: ${q}`]),
  ];
  const name = transposed ? "convTranspose2d" : "conv2d";
  const last = options.length > 0 ? `, { ${options.join(", ")} }` : "";
  return `import { ${name} } from "@corr2d/core";

// x: [1, ${n}, ${n}, 1], filter: [${k}, ${k}, 1, 1]
${name}(x, filter${last}).shape;`;
}

function moments() {
  const addresses = [
    "#/arithmetic?s=2",
    "#/arithmetic?n=6&k=5&p=2",
    "#/arithmetic?n=9&d=2",
    "#/arithmetic?n=4&k=5",
    "#/arithmetic?kind=transposed&n=3&s=2",
    "#/arithmetic?kind=transposed&n=3&q=1",
  ];
  return spoken(ARITHMETIC).moments.map((text, n) => ({ text, address: addresses[n]! }));
}
