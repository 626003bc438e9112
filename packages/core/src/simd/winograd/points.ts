/**
 * Winograd's minimal filtering F(m×m, 3×3): an m×m tile of outputs from α² products per channel, α = m + 2, instead
 * of 9m²:
 *
 *     Y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A
 *
 * built on the points 0, ±p (and ±q), ∞ (Cook–Toom). Row by row, with one index for each point:
 *
 *     Bᵀ: coefficients of Π (x − a_l) over the other finite points; for ∞ over all of them
 *     G : powers a⁰ a¹ a² over Π (a − a_l); for ∞ (0 0 1)
 *     Aᵀ: powers of the points; for ∞ (0 … 0 1)
 *
 * Products by ±a share their even and odd halves, so the transforms are written with p² and q² below. Points near one
 * another lose digits and points far from 1 grow: 0, ±5/8, ±3/2 keep the error of F(4×4) at a third of that of
 * 0, ±1, ±2. Sources: A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks", arXiv:1509.09308;
 * B. Barabasz et al., "Error Analysis and Improving the Accuracy of Winograd Convolution", arXiv:1803.10986.
 *
 * @module
 */

/** Outputs per tile and axis. */
export type TileSize = 2 | 4;

/** The pairs ± of finite points beside 0. */
export const WINOGRAD_POINTS: Readonly<Record<TileSize, readonly number[]>> = { 2: [1], 4: [5 / 8, 3 / 2] };

/** α: inputs of a tile per axis, and points. */
export function pointCount(tileSize: TileSize): number {
  return tileSize + 2;
}
