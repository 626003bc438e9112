/**
 * What scalar JavaScript does here when nothing but float64 multiply-adds is asked of it: no memory, and no loop worth
 * speaking of.
 *
 * @module
 */

/** Multiply-adds in one turn of the loop: as many as keep every unit busy and still fit the sixteen registers. */
const CHAINS = 10;
const TURNS = 2_000_000;
const ATTEMPTS = 40;

/** GFLOP/s. */
export function measureScalarCeiling(): number {
  let best = 0;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const start = performance.now();
    const result = multiplyAdds(TURNS, 0.999, 0.001);
    const seconds = (performance.now() - start) / 1000;
    // The result is a mean of ones; whoever optimises the loop away does not get it.
    if (Math.abs(result - 1) > 1e-6) throw new Error(`measureScalarCeiling: expected 1, got ${result}`);
    best = Math.max(best, (2 * CHAINS * TURNS) / seconds / 1e9);
  }
  return best;
}

/** Ten chains v ← v · m + c that do not wait for each other. Each tends to c / (1 − m). */
function multiplyAdds(turns: number, m: number, c: number): number {
  let [v0, v1, v2, v3, v4] = [1, 1, 1, 1, 1];
  let [v5, v6, v7, v8, v9] = [1, 1, 1, 1, 1];
  for (let turn = 0; turn < turns; turn++) {
    v0 = v0 * m + c;
    v1 = v1 * m + c;
    v2 = v2 * m + c;
    v3 = v3 * m + c;
    v4 = v4 * m + c;
    v5 = v5 * m + c;
    v6 = v6 * m + c;
    v7 = v7 * m + c;
    v8 = v8 * m + c;
    v9 = v9 * m + c;
  }
  return (v0 + v1 + v2 + v3 + v4 + v5 + v6 + v7 + v8 + v9) / CHAINS;
}
