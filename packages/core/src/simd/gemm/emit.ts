/**
 * The microkernel of implicit GEMM, as WebAssembly. One call computes, for all tiles of MR output pixels and all panels
 * of NR output channels,
 *
 *     out[p][o] = bias[o] + Σ_k x[p][k] · w[k][o]
 *
 * where x[p][k] is read where it lies in the image: pixel p begins at a byte offset given by a table, and its values
 * come in segments of consecutive floats, the next one a given distance away. So stride, dilation, batch, row ends and
 * 1×1 are all numbers in tables, and one module serves every shape.
 *
 * An MR × NR tile of sums stays in registers: per k it takes NR/4 vector loads of weights, MR broadcasts of x and
 * MR·NR/4 multiply-adds. V8 keeps one of the 16 vector registers of x86-64, so MR·NR/4 + NR/4 + 1 must not exceed 15.
 *
 * Weights that no cache holds pass by once for all tiles of pixels: the first tile of a panel would wait for memory while
 * the others leave it idle. A microkernel that *touches ahead* reads, while it computes with one panel, a float here and
 * there of the next, so that it lies in cache when its turn comes.
 *
 * Layout of weights: panels [bias NR | K × NR], one after the other.
 *
 * @module
 */

import { type I32Local, i32, ModuleBuilder, multiplyAddOf, v128 } from "../engine/assembler.ts";
import { type Activation, activationName, emitActivation } from "../engine/emit-activation.ts";

/** One microkernel: everything its code depends on. */
export interface MicrokernelShape {
  /** Output pixels per tile. */
  readonly mr: number;
  /** Vectors of four output channels per panel: NR = 4 · vectors, the last of which may be partly stored. */
  readonly vectors: number;
  /** Channels stored of the last vector, 1 to 4. */
  readonly lastLanes: number;
  /** Values of k per turn of the inner loop. */
  readonly unroll: number;
  /** Values of k after the inner loop: segment length modulo `unroll`. */
  readonly remainder: number;
  /** Whether multiply and add are one instruction. */
  readonly fma: boolean;
  /** Whether the next panel is brought into cache meanwhile. */
  readonly touchesAhead: boolean;
  readonly activation: Activation;
}

/** Name of a shape: unique in an engine. */
export function microkernelName(s: MicrokernelShape): string {
  const tile = `${s.mr}x${4 * s.vectors - 4 + s.lastLanes}`;
  return `direct-${tile}-k${s.unroll}+${s.remainder}-${activationName(s.activation)}${s.touchesAhead ? "-touching" : ""}`;
}

/** Parameters of the emitted function `gemm`, in order. */
type GemmParameters = [
  tiles: I32Local, // tiles of MR pixels, at least 1
  panels: I32Local, // panels of NR channels, at least 1
  rowTable: I32Local, // address: int32 byte offset of each pixel from `input`
  outTable: I32Local, // address: int32 byte offset of each pixel's channels from `output`
  input: I32Local, // address of the image
  output: I32Local, // address of the first panel's first channel
  weights: I32Local, // address of the first panel
  jumps: I32Local, // address: int32 bytes from the end of each segment to the start of the next
  segments: I32Local, // segments per pixel, at least 1
  turns: I32Local, // turns of the inner loop per segment: ⌊segment length / unroll⌋, or fewer, at least 1
  panelBytes: I32Local, // from panel to panel
  touchStep: I32Local, // bytes of the next panel per turn of the inner loop; all turns of all tiles must not exceed a panel
];

/** Writes the module of one microkernel. */
export function emitGemm(shape: MicrokernelShape): Uint8Array<ArrayBuffer> {
  const { mr, vectors, lastLanes, unroll, remainder } = shape;
  const multiplyAdd = multiplyAddOf(shape.fma);
  const module = new ModuleBuilder();
  module.function<GemmParameters>(
    "gemm",
    12,
    (f, tiles, panels, rowTable, outTable, input, output, weights, jumps, segments, turns, panelBytes, touchStep) => {
      const pixels = f.i32s(mr);
      const w = f.i32();
      const tile = f.i32();
      const rows = f.i32();
      const outs = f.i32();
      const segment = f.i32();
      const jump = f.i32();
      const turn = f.i32();
      const address = f.i32();
      const ahead = f.i32();
      const touched = f.i32();
      const sums = pixels.map(() => f.v128s(vectors));
      const panel = f.v128s(vectors);
      const broadcast = f.v128();

      const accumulate = (count: number) => {
        for (let k = 0; k < count; k++) {
          for (let n = 0; n < vectors; n++) f.set(panel[n]!, v128.load(w, 16 * (k * vectors + n)));
          for (let m = 0; m < mr; m++) {
            const row = sums[m]!;
            f.set(broadcast, v128.load32Splat(pixels[m]!, 4 * k));
            for (let n = 0; n < vectors; n++) f.set(row[n]!, multiplyAdd(broadcast, panel[n]!, row[n]!));
          }
        }
        for (const pixel of pixels) f.advance(pixel, 4 * count);
        f.advance(w, 16 * vectors * count);
      };

      f.repeat(panels, () => {
        f.set(tile, tiles);
        f.set(rows, rowTable);
        f.set(outs, outTable);
        if (shape.touchesAhead) {
          f.set(ahead, i32.add(weights, panelBytes));
          // The last panel has no next one: it touches itself.
          f.when(i32.equal(panels, 1), () => f.set(ahead, weights));
        }
        f.repeat(tile, () => {
          for (let m = 0; m < mr; m++) {
            f.set(pixels[m]!, i32.add(input, i32.load(rows, 4 * m)));
            for (let n = 0; n < vectors; n++) f.set(sums[m]![n]!, v128.load(weights, 16 * n));
          }
          f.set(w, i32.add(weights, 16 * vectors));
          f.set(segment, segments);
          f.set(jump, jumps);
          f.repeat(segment, () => {
            f.set(turn, turns);
            f.repeat(turn, () => {
              accumulate(unroll);
              if (!shape.touchesAhead) return;
              f.set(touched, i32.load(ahead, 0));
              f.advance(ahead, touchStep);
            });
            accumulate(remainder);
            f.set(address, i32.load(jump, 0));
            for (const pixel of pixels) f.advance(pixel, address);
            f.advance(jump, 4);
          });
          for (let m = 0; m < mr; m++) {
            f.set(address, i32.add(output, i32.load(outs, 4 * m)));
            for (let n = 0; n < vectors; n++) {
              const sum = sums[m]![n]!;
              emitActivation(f, sum, shape.activation);
              f.store(address, sum, 16 * n, n === vectors - 1 ? lastLanes : 4);
            }
          }
          f.advance(rows, 4 * mr);
          f.advance(outs, 4 * mr);
        });
        f.advance(weights, panelBytes);
        f.advance(output, 16 * vectors);
      });
    },
  );
  return module.toBytes();
}
