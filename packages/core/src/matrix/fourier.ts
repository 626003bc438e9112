/**
 * The two-dimensional discrete Fourier transform of complex numbers, for sides that are powers of two:
 *
 *     Z[u, v] = Σ_{i, j} z[i, j] · ω_R^(u·i) · ω_C^(v·j),      ω_n = e^(−2πi/n)
 *
 * Stockham's algorithm, which sorts itself: each stage of radix 4 (the last of radix 2, where a side is an odd power of
 * two) goes from one pair of arrays to the other. Exchanging real and imaginary parts before and after makes the inverse of
 * it, times R·C, so there is only the one transform.
 *
 * Rounding (N. Higham, "Accuracy and Stability of Numerical Algorithms", 2nd edition, theorem 24.2): the error is at most
 * t·η in the 2-norm, relative to the result, with t = log₂(R·C) and η = μ + γ₄·(√2 + μ) ≤ 16 · 2⁻⁵³, since the angles are at
 * most 2π and so the roots of unity wrong by μ ≤ 10 · 2⁻⁵³.
 *
 * Source: C. Van Loan, "Computational Frameworks for the Fast Fourier Transform", section 1.7.
 *
 * @module
 */

/** Real and imaginary parts, row-major. */
export type ComplexMatrix = readonly [re: Float64Array, im: Float64Array];

/** Two matrices that take turns: what is transformed stands in the first, before and after. */
export type TransformBuffers = [front: ComplexMatrix, back: ComplexMatrix];

/** A zeroed matrix of `size` numbers. */
export function complexMatrix(size: number): ComplexMatrix {
  return [new Float64Array(size), new Float64Array(size)];
}

/** ω_n^i for i = 0 … n − 1. */
export function rootsOfUnity(n: number): ComplexMatrix {
  const angles = Float64Array.from({ length: n }, (_, i) => -2 * Math.PI * (i / n));
  return [angles.map(Math.cos), angles.map(Math.sin)];
}

/**
 * Transforms the first of the buffers and transposes it. `rowRoots` and `columnRoots` are those of the number of rows and of columns;
 * for the way back they change places.
 */
export function fourierTransform(buffers: TransformBuffers, rowRoots: ComplexMatrix, columnRoots: ComplexMatrix): void {
  const rows = rowRoots[0].length;
  const columns = columnRoots[0].length;
  transformColumns(buffers, rowRoots, columns);
  for (let part = 0; part < 2; part++) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) buffers[1][part][j * rows + i] = buffers[0][part][i * columns + j];
    }
  }
  buffers.reverse();
  transformColumns(buffers, columnRoots, rows);
}

/** Transforms all columns of a matrix with `width` of them. */
function transformColumns(buffers: TransformBuffers, roots: ComplexMatrix, width: number): void {
  const n = roots[0].length;
  for (let done = 1; done < n; done *= 4) {
    if (n === 2 * done) splitInTwo(buffers);
    else splitInFour(buffers, done, width, roots);
    buffers.reverse();
  }
}

/**
 * One stage of radix 4: with n = 4 · left · done, for p < left and q < run = done · width,
 *
 *     to[q + run · (4p + k)] = ω_n^(k·p·done) · Σ_m ω_4^(k·m) · from[q + run · (p + m · left)]        k = 0 … 3
 */
function splitInFour(
  [[fromRe, fromIm], [toRe, toIm]]: TransformBuffers,
  done: number,
  width: number,
  [cosines, sines]: ComplexMatrix,
): void {
  const run = done * width;
  const quarter = fromRe.length / 4;
  for (let w = 0; w * width < quarter; w += done) {
    const c1 = cosines[w];
    const s1 = sines[w];
    const c2 = cosines[2 * w];
    const s2 = sines[2 * w];
    const c3 = cosines[3 * w];
    const s3 = sines[3 * w];
    const start = w * width;
    for (let q = 0; q < run; q++) {
      const p = (start + q) | 0;
      const to = (4 * start + q) | 0;
      const p1 = (p + quarter) | 0;
      const p2 = (p1 + quarter) | 0;
      const p3 = (p2 + quarter) | 0;
      const ar = fromRe[p];
      const ai = fromIm[p];
      const br = fromRe[p1];
      const bi = fromIm[p1];
      const cr = fromRe[p2];
      const ci = fromIm[p2];
      const dr = fromRe[p3];
      const di = fromIm[p3];
      const sr = ar + cr;
      const si = ai + ci;
      const ur = br + dr;
      const ui = bi + di;
      toRe[to] = sr + ur;
      toIm[to] = si + ui;
      const er = ar - cr + (bi - di);
      const ei = ai - ci - (br - dr);
      const to1 = (to + run) | 0;
      toRe[to1] = er * c1 - ei * s1;
      toIm[to1] = er * s1 + ei * c1;
      const fr = sr - ur;
      const fi = si - ui;
      const to2 = (to1 + run) | 0;
      toRe[to2] = fr * c2 - fi * s2;
      toIm[to2] = fr * s2 + fi * c2;
      const gr = ar - cr - (bi - di);
      const gi = ai - ci + (br - dr);
      const to3 = (to2 + run) | 0;
      toRe[to3] = gr * c3 - gi * s3;
      toIm[to3] = gr * s3 + gi * c3;
    }
  }
}

/** The last stage where n is an odd power of two: sums and differences of the halves. */
function splitInTwo([front, back]: TransformBuffers): void {
  const half = front[0].length / 2;
  for (let part = 0; part < 2; part++) {
    for (let i = 0; i < half; i++) {
      back[part][i] = front[part][i] + front[part][i + half];
      back[part][i + half] = front[part][i] - front[part][i + half];
    }
  }
}
