/**
 * The transforms around the products of Winograd's filter gradient as WebAssembly, four channels at a time; V comes from
 * the input transform of the forward pass.
 *
 * Layouts: V [tile][point²][input channel], E [point²][panels of output channels][tile][NR],
 * S [point²][input channel][output channel], dw [tap][input channel][output channel].
 *
 * @module
 */

import { f32x4, i32, ModuleBuilder, v128 } from "../assembler.ts";
import { emitBothAxes, emitInputTransform, emitTileTransform, type TransformVariant } from "../winograd/emit.ts";
import { Formulas } from "../winograd/formulas.ts";
import { pointCount } from "../winograd/points.ts";

/** What the code of the transforms depends on. */
export type GradientVariant = Omit<TransformVariant, "activation">;

/** Name of the module: unique. */
export function gradientTransformsName({ tileSize, fma }: GradientVariant): string {
  return `winograd-gradient-${tileSize}x${tileSize}-${fma ? "fma" : "mul-add"}`;
}

/** Writes the module: `transformInput`, `transformOutputGradient`, `transformSums`. */
export function emitGradientTransforms(variant: GradientVariant): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  emitInputTransform(module, variant);
  emitOutputGradientTransform(module, variant);
  emitSumsTransform(module, variant);
  return module.toBytes();
}

/** E = A dy Aᵀ for all tiles of a block and one panel. */
function emitOutputGradientTransform(module: ModuleBuilder, { tileSize, fma }: GradientVariant): void {
  emitTileTransform(module, "transformOutputGradient", tileSize, (f) =>
    new Formulas(f, tileSize, fma).outputGradient(),
  );
}

/** dw += Gᵀ S G for some channels. */
function emitSumsTransform(module: ModuleBuilder, { tileSize, fma }: GradientVariant): void {
  const size = pointCount(tileSize);
  const parameters = [
    "channels", // input channels, at least 1
    "vectors", // output channels / 4
    "s", // address of the first point's first channels
    "dw", // address of the first tap's first channels
    "pointBytes", // of S, from point to point
    "sumRowBytes", // of S, from input channel to input channel
    "tapBytes", // of dw, from tap to tap
    "rowBytes", // of dw, from input channel to input channel
    "adds", // 1 if dw has sums of other blocks, 0 if these are the first
    "between", // address of a matrix for the time between columns and rows: SQUARE_BYTES
  ] as const;
  module.function(
    "transformSums",
    parameters,
    (f, channels, vectors, s, dw, pointBytes, sumRowBytes, tapBytes, rowBytes, adds, between) => {
      const [source, target, at, vector, sRowBytes] = [f.i32(), f.i32(), f.i32(), f.i32(), f.i32()];
      const tap = f.v128();
      const transform = new Formulas(f, tileSize, fma).filterGradient();
      f.set(sRowBytes, i32.mul(pointBytes, size));
      f.repeat(channels, () => {
        f.set(source, s);
        f.set(target, dw);
        f.set(vector, vectors);
        f.repeat(vector, () => {
          f.set(at, target);
          const matrix = { size, address: source, rowBytes: sRowBytes, columnBytes: pointBytes, between };
          emitBothAxes(f, transform, matrix, (taps) => {
            for (const gradient of taps) {
              f.set(tap, gradient);
              f.when(adds, () => f.set(tap, f32x4.add(v128.load(at, 0), tap)));
              f.store(at, tap, 0);
              f.advance(at, tapBytes);
            }
          });
          f.advance(source, 16);
          f.advance(target, 16);
        });
        f.advance(s, sumRowBytes);
        f.advance(dw, rowBytes);
      });
    },
  );
}
