/**
 * Running a plan of bands: strip by strip, band by band, rows come in from the picture, are correlated, and go out.
 *
 * @module
 */

import { continuedIndices } from "../../geometry/boundary.ts";
import type { SimdEngine } from "../../simd/engine/engine.ts";
import type { WasmMemory } from "../../simd/engine/webassembly.ts";
import { emitPlane, planeName } from "../../simd/single-channel/emit.ts";
import { makeData, type PictureData } from "../problem/picture.ts";
import type { PictureProblem, PreparedPicture } from "../problem/problem.ts";
import { type BandPlan, BUFFERS } from "./bands.ts";
import { BLOCK, bringInName, bytesOf, emitBringIn, emitTakeOut, takeOutName } from "./emit.ts";
import { Views } from "./views.ts";

type Addresses = Readonly<Record<(typeof BUFFERS)[number], number>>;

/** The emitted functions, tied to a memory. */
interface Code {
  readonly memory: WasmMemory;
  readonly bringIn: (...parameters: number[]) => void;
  readonly takeOut: (...parameters: number[]) => void;
  readonly passes: readonly ((...parameters: number[]) => void)[];
}

/** Prepares a problem that was planned. */
export function prepareBands(engine: SimdEngine, problem: PictureProblem, plan: BandPlan): PreparedPicture {
  const { format, kernel, region, boundary, fillValue, dtype } = problem;
  /** Channels of a pixel in the picture, and of those that are computed. */
  const { channels: all } = format;
  const { channels, keptRows, pixels, rows: bandRows, columns, inPitch, midPitch, outPitch, separable, passes } = plan;
  const [kernelHeight] = kernel.shape;
  const [top] = problem.before;
  const keeps = problem.alpha === "keep";
  const weighs = problem.alpha === "premultiply";
  const { memory } = engine;

  const weights = weightsOf(problem, separable).map(splatted);
  const numbers = Float32Array.from(
    [problem.scale, problem.offset, weighs ? 1 / kernel.sum : 1].flatMap((number) => [number, number, number, number]),
  );
  const constants = [...weights, numbers];
  const scratch = memory.layoutScratch([...plan.bufferBytes, ...constants.map(({ byteLength }) => byteLength)]);
  const at = Object.fromEntries(BUFFERS.map((name, i) => [name, scratch.buffers[i]!.address])) as Addresses;
  const constantsAt = scratch.buffers.slice(BUFFERS.length).map(({ address }) => address);

  const inShape = { from: format.dtype, alphaChannels: keeps || weighs ? all : 0, alpha: problem.alpha };
  const outShape = {
    ...inShape,
    to: dtype,
    moves: problem.scale !== 1 || problem.offset !== 0,
    absolute: problem.absolute,
    ofTwo: problem.other !== undefined,
  };
  let code: Code | undefined;
  const codeOf = (): Code => {
    if (code?.memory === memory.wasm) return code;
    const { bringIn } = engine.functions(bringInName(inShape), () => emitBringIn(inShape));
    const { takeOut } = engine.functions(takeOutName(outShape), () => emitTakeOut(outShape));
    const correlators = passes.map((shape) => engine.functions(planeName(shape), () => emitPlane(shape)).correlate!);
    return (code = { memory: memory.wasm, bringIn: bringIn!, takeOut: takeOut!, passes: correlators });
  };

  // What a frame needs to know of it, so that running makes no closures.
  const [sourceViews, resultViews] = [new Views(), new Views()];
  let source: PictureData;
  let target: PictureData;
  let floats: Float32Array;
  /** What `raw` and `beside` are written to, as an array of the picture's kind. */
  let elements: PictureData;
  let running: Code;
  let sourceStride = 0;
  let targetStride = 0;

  const rowIndices = continuedIndices(boundary, region.y - top, region.height + kernelHeight - 1, format.height);
  const strips = stripsOf(problem, pixels);
  const fill = Float32Array.from({ length: channels }, (_, c) =>
    weighs && c < channels - 1 ? fillValue * fillValue : fillValue,
  );
  const sourceBytes = bytesOf(format.dtype);
  const targetBytes = bytesOf(dtype);
  /** Copies rows of the columns that a strip sees inside the picture to `raw`, from its row `place` on. */
  const copyRows = (strip: Strip, row: number, rows: number, place: number): void => {
    const width = strip.inside * all;
    const first = row * sourceStride + strip.column * all;
    const begin = at.raw / sourceBytes + place * width;
    if (width === sourceStride) {
      elements.set(sourceViews.part(first, first + rows * width), begin);
      return;
    }
    for (let i = 0; i < rows; i++) {
      const from = first + i * sourceStride;
      elements.set(sourceViews.part(from, from + width), begin + i * width);
    }
  };

  /** Writes the fill value into pixels of a row of floats. */
  const fillPixels = (address: number, count: number): void => {
    const place = address / 4;
    for (let i = 0; i < count * channels; i++) floats[place + i] = fill[i % channels]!;
  };

  /** Brings pixels that are outside in, beside those inside: copies of some that are inside, or the fill value. */
  const bringInBeside = (row: number, rows: number, indices: Int32Array, address: number): void => {
    const count = indices.length;
    if (count === 0) return;
    if (indices[0]! < 0) {
      for (let i = 0; i < rows; i++) fillPixels(address + 4 * i * inPitch, count);
      return;
    }
    let place = at.beside / sourceBytes;
    for (let i = 0; i < rows; i++) {
      const begin = (row + i) * sourceStride;
      for (let j = 0; j < count; j++) {
        const from = begin + indices[j]! * all;
        for (let c = 0; c < all; c++) elements[place++] = source[from + c]!;
      }
    }
    const width = count * all;
    running.bringIn(rows, Math.ceil(width / BLOCK), at.beside, address, width * sourceBytes, 4 * inPitch);
  };

  /** Brings `count` rows of a strip in, from `first` of those that the region sees; their bytes come behind those that are kept. */
  const bringIn = (strip: Strip, first: number, count: number, address: number): void => {
    const width = strip.inside * all;
    for (let i = 0; i < count; ) {
      const row = rowIndices[first + i]!;
      const to = address + 4 * i * inPitch;
      let rows = 1;
      if (row < 0) fillPixels(to, strip.before.length + strip.inside + strip.after.length);
      else {
        while (i + rows < count && rowIndices[first + i + rows] === row + rows) rows++;
        const inside = to + 4 * strip.before.length * channels;
        const raw = at.raw + (keptRows + i) * width * sourceBytes;
        // In this order: what a row of blocks writes past its end is written over by the next.
        bringInBeside(row, rows, strip.before, to);
        copyRows(strip, row, rows, keptRows + i);
        running.bringIn(rows, Math.ceil(width / BLOCK), raw, inside, width * sourceBytes, 4 * inPitch);
        bringInBeside(row, rows, strip.after, inside + 4 * strip.inside * channels);
      }
      i += rows;
    }
  };

  const correlate = (
    pass: number,
    rows: number,
    from: number,
    fromPitch: number,
    to: number,
    toPitch: number,
  ): void => {
    const { rows: tileRows, vectors } = passes[pass]!;
    const tile = 4 * vectors;
    running.passes[pass]!(
      Math.ceil(rows / tileRows),
      Math.ceil(columns / tile),
      4 * (columns - tile),
      from,
      to,
      constantsAt[pass]!,
      4 * fromPitch,
      4 * toPitch,
    );
  };

  /** Appends rows to those that are kept, at row `place` of them. */
  const append = (strip: Strip, first: number, count: number, place: number): void => {
    if (!separable) bringIn(strip, first, count, at.image + 4 * place * inPitch);
    else {
      bringIn(strip, first, count, at.image);
      correlate(0, count, at.image, inPitch, at.sums + 4 * place * midPitch, midPitch);
    }
  };

  const takeOut = (strip: Strip, row: number, rows: number): void => {
    const width = pixels * all;
    running.takeOut(
      rows,
      Math.ceil(width / BLOCK),
      at.out,
      at.other,
      at.result,
      at.raw + (region.x + strip.left - strip.column) * all * sourceBytes,
      4 * outPitch,
      width * targetBytes,
      strip.inside * all * sourceBytes,
      constantsAt.at(-1)!,
    );
    const place = at.result / targetBytes;
    const first = row * targetStride + strip.left * all;
    if (width === targetStride) {
      target.set(resultViews.part(place, place + rows * width), first);
      return;
    }
    for (let i = 0; i < rows; i++) {
      const begin = place + i * width;
      target.set(resultViews.part(begin, begin + width), first + i * targetStride);
    }
  };

  const kept = separable ? at.sums : at.image;
  const keptPitch = separable ? midPitch : inPitch;

  /** Moves the bytes that are kept to the beginning, when as many as `rows` have come in. */
  const keepBytes = (strip: Strip, rows: number): void => {
    const pitch = strip.inside * all;
    const raw = at.raw / sourceBytes;
    elements.copyWithin(raw, raw + rows * pitch, raw + (rows + keptRows) * pitch);
  };

  const computeStrip = (strip: Strip): void => {
    for (let row = 0; row < kernelHeight - 1; row += bandRows) {
      const rows = Math.min(bandRows, kernelHeight - 1 - row);
      append(strip, row, rows, row);
      keepBytes(strip, rows);
    }
    for (let row = 0; row < region.height; row += bandRows) {
      const rows = Math.min(bandRows, region.height - row);
      append(strip, row + kernelHeight - 1, rows, kernelHeight - 1);
      if (problem.other !== undefined) correlate(0, rows, kept, keptPitch, at.other, outPitch);
      correlate(passes.length - 1, rows, kept, keptPitch, at.out, outPitch);
      takeOut(strip, row, rows);
      keepBytes(strip, rows);
      const begin = kept / 4 + rows * keptPitch;
      floats.copyWithin(kept / 4, begin, begin + (kernelHeight - 1) * keptPitch);
    }
  };

  const compute = (): void => {
    for (const [i, values] of constants.entries()) floats.set(values, constantsAt[i]! / 4);
    for (const strip of strips) computeStrip(strip);
  };

  return {
    scratchBytes: scratch.bytes,
    run(from, fromStride, to, toStride) {
      [source, sourceStride, target, targetStride] = [from, fromStride, to, toStride];
      sourceViews.begin(source);
      // Once a run: nothing makes memory grow while it lasts.
      running = codeOf();
      floats = memory.floats;
      elements = format.dtype === "uint8" ? memory.bytes : floats;
      resultViews.begin(dtype === "uint8" ? memory.bytes : floats);
      memory.guarded(scratch, compute);
    },
    forget() {
      sourceViews.forget();
      resultViews.forget();
      source = target = makeData("float32", 0, fill);
    },
  };
}

/** An upright strip of the region, and the columns of the picture that it sees. */
interface Strip {
  /** Its first column in the region. */
  readonly left: number;
  /** The columns it sees: copies of some, `inside` of the picture from `column`, and copies again. */
  readonly before: Int32Array;
  readonly column: number;
  readonly inside: number;
  readonly after: Int32Array;
}

/** Strips of as many columns each: the last begins earlier. */
function stripsOf({ region, before, kernel, boundary, format }: PictureProblem, pixels: number): readonly Strip[] {
  const seen = pixels + kernel.shape[1] - 1;
  return Array.from({ length: Math.ceil(region.width / pixels) }, (_, n) => {
    const left = Math.min(n * pixels, region.width - pixels);
    const first = region.x + left - before[1];
    const column = Math.max(0, first);
    const end = Math.min(format.width, first + seen);
    return {
      left,
      before: continuedIndices(boundary, first, column - first, format.width),
      column,
      inside: end - column,
      after: continuedIndices(boundary, end, first + seen - end, format.width),
    };
  });
}

/** The weights of each pass. */
function weightsOf({ kernel, other }: PictureProblem, separable: boolean): readonly Float32Array[] {
  if (!separable) return [kernel, ...(other === undefined ? [] : [other])].map((each) => each.values());
  const { row, column } = kernel.factors!;
  return [row, column];
}

/** A bias of zero and weights, four times each. */
function splatted(values: Float32Array): Float32Array {
  return Float32Array.from({ length: 4 * (1 + values.length) }, (_, i) => (i < 4 ? 0 : values[(i >> 2) - 1]!));
}
