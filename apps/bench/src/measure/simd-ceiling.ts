/**
 * What WebAssembly SIMD does here when nothing but multiply-adds is asked of it: a module of one function whose loop
 * holds independent chains v ← v · m + c of four float32 each, multiplied and added, or fused where the engine can.
 *
 * Sources: WebAssembly core specification 2.0, binary format; the proposals Fixed-width SIMD and Relaxed SIMD.
 *
 * @module
 */

const LANES = 4;
const TURNS = 1_000_000;
const ATTEMPTS = 12;
/** With m and c they fill the sixteen vector registers, or leave some to spare. */
const CHAINS = [8, 10, 12, 13];
/** Chains tend to c / (1 − m) = 1, where they start: no value ever overflows or fades away. */
const [M, C] = [0.5, 0.5];

/** What of WebAssembly is used here; Node's types leave it to those of browsers. */
interface WebAssemblyApi {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: { readonly run: (turns: number) => number } };
}

const wasm: WebAssemblyApi = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;

/** Speed of the faster of the two ways; undefined where there is no SIMD at all. */
export function measureSimdCeiling(): { readonly gflops: number; readonly fused: boolean } | undefined {
  let best: { gflops: number; fused: boolean } | undefined;
  for (const fused of [true, false]) {
    for (const chains of CHAINS) {
      const bytes = emitMultiplyAdds(chains, fused);
      if (!wasm.validate(bytes)) continue;
      const { exports } = new wasm.Instance(new wasm.Module(bytes));
      const gflops = fastest(exports.run, chains);
      if (best === undefined || gflops > best.gflops) best = { gflops, fused };
    }
  }
  return best;
}

function fastest(run: (turns: number) => number, chains: number): number {
  let best = 0;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const start = performance.now();
    const sum = run(TURNS);
    const seconds = (performance.now() - start) / 1000;
    if (sum !== chains) throw new Error(`measureSimdCeiling: expected ${chains}, got ${sum}`);
    best = Math.max(best, (2 * LANES * chains * TURNS) / seconds / 1e9);
  }
  return best;
}

const [I32, F32, V128] = [0x7f, 0x7d, 0x7b];
const SPLAT = [0xfd, 0x13];
const ADD = [0xfd, 0xe4, 0x01];
const MULTIPLY = [0xfd, 0xe6, 0x01];
const RELAXED_MADD = [0xfd, 0x85, 0x02];
const EXTRACT_FIRST_LANE = [0xfd, 0x1f, 0];

/** `run(turns: i32): f32`, the sum of the first lanes of all chains after those turns. */
function emitMultiplyAdds(chains: number, fused: boolean): Uint8Array {
  // Locals: 0 the turns left, 1 … chains the values, then m and c.
  const [m, c] = [chains + 1, chains + 2];
  const values = Array.from({ length: chains }, (_, i) => i + 1);
  const get = (local: number) => [0x20, local];
  const set = (local: number) => [0x21, local];
  const setAll = (local: number, value: number) => [...f32Const(value), ...SPLAT, ...set(local)];
  const step = (v: number) =>
    fused
      ? [...get(v), ...get(m), ...get(c), ...RELAXED_MADD, ...set(v)]
      : [...get(v), ...get(m), ...MULTIPLY, ...get(c), ...ADD, ...set(v)];
  const body = [
    ...[1, chains + 2, V128],
    ...setAll(m, M),
    ...setAll(c, C),
    ...values.flatMap((v) => setAll(v, 1)),
    ...[0x03, 0x40], // loop
    ...values.flatMap(step),
    ...[...get(0), 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0], // one turn less; again unless none is left
    0x0b,
    ...get(1),
    ...values.slice(1).flatMap((v) => [...get(v), ...ADD]),
    ...EXTRACT_FIRST_LANE,
    0x0b,
  ];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, I32, 1, F32]),
    ...section(3, [1, 0]),
    ...section(7, [1, 3, ...new TextEncoder().encode("run"), 0, 0]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

/** LEB128, unsigned: seven bits a byte, the lowest first. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function f32Const(value: number): number[] {
  return [0x43, ...new Uint8Array(Float32Array.of(value).buffer)];
}
