/**
 * The transforms of Winograd's minimal filtering, F(m×m, 3×3): a tile of m×m outputs from (m + 2)² products instead of 9m².
 *
 *     Y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A          d: (m + 2)×(m + 2) of the image, g: 3×3 of the filter
 *
 * A tile and a kernel are polynomials, their products at m + 1 points and at infinity determine the product, and Aᵀ reads
 * the outputs off it. The points are 0, ±1 for m = 2 and 0, ±1, ±2 for m = 4. The matrices here hold integers only: G is
 * scaled (by 2 and by 24), and one factor at the end takes the scale out of both axes. So integers are transformed without
 * any rounding, and small ones give exactly what the definition gives.
 *
 * Error. With float64 sums (v = 2⁻⁵³) over up to k roundings on the way of each term,
 *
 *     |y − ŷ| ≤ γ_k(v) · |Aᵀ| [ (|G||g||Gᵀ|) ⊙ (|Bᵀ||d||B|) ] |A|  ≤  γ_k(v) · α² · max|d| · Σ|g|,
 *     α = max_{i, b} Σ_ξ |Aᵀ[i, ξ]| · |G[ξ, b]| · Σ_j |Bᵀ[ξ, j]|
 *
 * and one rounding to float32 at the end. α is {@link amplification}: 4 and 29⅓, so what the transforms add stays below a
 * thirtieth of the rounding to float32.
 *
 * Sources: S. Winograd, "Arithmetic Complexity of Computations", SIAM 1980; A. Lavin and S. Gray, "Fast Algorithms for
 * Convolutional Neural Networks", arXiv:1509.09308, sections 4.1 and 4.3; B. Barabasz et al., "Error analysis and improving
 * the accuracy of Winograd convolution for deep neural networks", ACM TOMS 2020, theorem 2.
 *
 * @module
 */

/** One line of `count` neighbouring channels: reads lines `step` apart, writes lines `toStep` apart. */
type LineTransform = (
  source: Float64Array,
  from: number,
  step: number,
  target: Float64Array,
  to: number,
  toStep: number,
  count: number,
) => void;

/** The matrices of F(m×m, 3×3), and what they do to lines, written out. */
export interface WinogradTransforms {
  /** m: rows and columns of a tile of outputs. */
  readonly outputs: 2 | 4;
  /** m + 2: rows and columns of the inputs under it. */
  readonly inputs: 4 | 6;
  readonly inputMatrix: readonly (readonly number[])[];
  readonly filterMatrix: readonly (readonly number[])[];
  readonly outputMatrix: readonly (readonly number[])[];
  /** By what the filter matrix is too large. */
  readonly filterScale: number;
  /** G on one axis: 3 lines to `inputs` lines. */
  readonly transformFilter: LineTransform;
  /** Bᵀ on one axis: `inputs` lines to `inputs` lines; may work in place. */
  readonly transformInput: LineTransform;
  /** Aᵀ on one axis: `inputs` lines to `outputs` lines. */
  readonly transformOutput: LineTransform;
}

/** F(2×2, 3×3): 16 products for 36. */
export const F2: WinogradTransforms = {
  outputs: 2,
  inputs: 4,
  inputMatrix: [
    [1, 0, -1, 0],
    [0, 1, 1, 0],
    [0, -1, 1, 0],
    [0, 1, 0, -1],
  ],
  filterMatrix: [
    [2, 0, 0],
    [1, 1, 1],
    [1, -1, 1],
    [0, 0, 2],
  ],
  outputMatrix: [
    [1, 1, 1, 0],
    [0, 1, -1, -1],
  ],
  filterScale: 2,

  transformFilter(source, from, step, target, to, toStep, count) {
    for (let c = 0; c < count; c++) {
      const g0 = source[from + c];
      const g1 = source[from + step + c];
      const g2 = source[from + 2 * step + c];
      target[to + c] = 2 * g0;
      target[to + toStep + c] = g0 + g2 + g1;
      target[to + 2 * toStep + c] = g0 + g2 - g1;
      target[to + 3 * toStep + c] = 2 * g2;
    }
  },

  transformInput(source, from, step, target, to, toStep, count) {
    for (let c = 0; c < count; c++) {
      const d0 = source[from + c];
      const d1 = source[from + step + c];
      const d2 = source[from + 2 * step + c];
      const d3 = source[from + 3 * step + c];
      target[to + c] = d0 - d2;
      target[to + toStep + c] = d1 + d2;
      target[to + 2 * toStep + c] = d2 - d1;
      target[to + 3 * toStep + c] = d1 - d3;
    }
  },

  transformOutput(source, from, step, target, to, toStep, count) {
    for (let c = 0; c < count; c++) {
      const m1 = source[from + step + c];
      const m2 = source[from + 2 * step + c];
      target[to + c] = source[from + c] + m1 + m2;
      target[to + toStep + c] = m1 - m2 - source[from + 3 * step + c];
    }
  },
};

/** F(4×4, 3×3): 36 products for 144. */
export const F4: WinogradTransforms = {
  outputs: 4,
  inputs: 6,
  inputMatrix: [
    [4, 0, -5, 0, 1, 0],
    [0, -4, -4, 1, 1, 0],
    [0, 4, -4, -1, 1, 0],
    [0, -2, -1, 2, 1, 0],
    [0, 2, -1, -2, 1, 0],
    [0, 4, 0, -5, 0, 1],
  ],
  filterMatrix: [
    [6, 0, 0],
    [-4, -4, -4],
    [-4, 4, -4],
    [1, 2, 4],
    [1, -2, 4],
    [0, 0, 24],
  ],
  outputMatrix: [
    [1, 1, 1, 1, 1, 0],
    [0, 1, -1, 2, -2, 0],
    [0, 1, 1, 4, 4, 0],
    [0, 1, -1, 8, -8, 1],
  ],
  filterScale: 24,

  transformFilter(source, from, step, target, to, toStep, count) {
    for (let c = 0; c < count; c++) {
      const g0 = source[from + c];
      const g1 = source[from + step + c];
      const g2 = source[from + 2 * step + c];
      const even1 = -4 * (g0 + g2);
      const even2 = g0 + 4 * g2;
      target[to + c] = 6 * g0;
      target[to + toStep + c] = even1 - 4 * g1;
      target[to + 2 * toStep + c] = even1 + 4 * g1;
      target[to + 3 * toStep + c] = even2 + 2 * g1;
      target[to + 4 * toStep + c] = even2 - 2 * g1;
      target[to + 5 * toStep + c] = 24 * g2;
    }
  },

  transformInput(source, from, step, target, to, toStep, count) {
    for (let c = 0; c < count; c++) {
      const d1 = source[from + step + c];
      const d2 = source[from + 2 * step + c];
      const d3 = source[from + 3 * step + c];
      const d4 = source[from + 4 * step + c];
      const first = 4 * source[from + c] - 5 * d2 + d4;
      const last = 4 * d1 - 5 * d3 + source[from + 5 * step + c];
      // The points ±1 and ±2 share their even and their odd part.
      const even1 = d4 - 4 * d2;
      const odd1 = d3 - 4 * d1;
      const even2 = d4 - d2;
      const odd2 = 2 * (d3 - d1);
      target[to + c] = first;
      target[to + toStep + c] = even1 + odd1;
      target[to + 2 * toStep + c] = even1 - odd1;
      target[to + 3 * toStep + c] = even2 + odd2;
      target[to + 4 * toStep + c] = even2 - odd2;
      target[to + 5 * toStep + c] = last;
    }
  },

  transformOutput(source, from, step, target, to, toStep, count) {
    for (let c = 0; c < count; c++) {
      const m1 = source[from + step + c];
      const m2 = source[from + 2 * step + c];
      const m3 = source[from + 3 * step + c];
      const m4 = source[from + 4 * step + c];
      const even1 = m1 + m2;
      const odd1 = m1 - m2;
      const even2 = m3 + m4;
      const odd2 = m3 - m4;
      target[to + c] = source[from + c] + even1 + even2;
      target[to + toStep + c] = odd1 + 2 * odd2;
      target[to + 2 * toStep + c] = even1 + 4 * even2;
      target[to + 3 * toStep + c] = odd1 + 8 * odd2 + source[from + 5 * step + c];
    }
  },
};

/** α of the head of this file: by how much the transforms of one axis can enlarge what their sums cancel again. */
export function amplification(f: WinogradTransforms): number {
  const sums = f.inputMatrix.map((row) => row.reduce((sum, entry) => sum + Math.abs(entry), 0));
  const ofTap = (output: readonly number[], b: number): number =>
    output.reduce((sum, entry, point) => sum + Math.abs(entry * f.filterMatrix[point][b]) * sums[point], 0);
  return Math.max(...f.outputMatrix.flatMap((row) => [0, 1, 2].map((b) => ofTap(row, b)))) / f.filterScale;
}

/** The constant of the normwise bound of float32 results: one rounding to float32, and up to `roundings` in float64. */
export function errorConstant(f: WinogradTransforms, roundings: number): number {
  return 2 ** -24 + roundings * 2 ** -53 * amplification(f) ** 2;
}
