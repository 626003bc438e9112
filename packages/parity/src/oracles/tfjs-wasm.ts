/**
 * The oracle `tfjs-wasm`: TensorFlow.js on WebAssembly SIMD (XNNPACK).
 *
 * XNNPACK may refuse an operator. The backend then writes a line to the console, computes nothing, and hands out
 * whatever the memory held. The line goes through the `console.warn` that was in place when
 * the backend was made, so it is made with one that listens, and such a line becomes an error.
 *
 * @module
 */

import { createRequire } from "node:module";
import { dirname, sep } from "node:path";
import { type AdapterSource, type ConvAdapter, FULL_REACH } from "../adapter.ts";
import { loadOnce } from "./load-once.ts";

const REFUSAL = /^XNN status for \w+ is not successful/;

export const tfjsWasm: AdapterSource = {
  name: "tfjs-wasm",
  summary: "TensorFlow.js on WebAssembly SIMD (XNNPACK)",
  load: loadOnce(load),
};

async function load(): Promise<ConvAdapter> {
  const { requireOwnKernels, tf } = await import("./tensorflow.ts");
  requireOwnKernels("wasm");
  const { setThreadsCount, setWasmPaths, getThreadsCount, version_wasm } = await import(
    "@tensorflow/tfjs-backend-wasm"
  );
  const { tfjsAdapter } = await import("./tfjs-adapter.ts");
  if (tf.findBackend("wasm") !== null) {
    throw new Error(
      "tfjs-wasm: the backend is in use in this process already, so its refusals cannot be heard; load the oracle first",
    );
  }
  const entry = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(`${dirname(entry)}${sep}`);
  setThreadsCount(1);

  const refusals: string[] = [];
  const { warn } = console;
  console.warn = (...message: unknown[]) => {
    const text = String(message[0]);
    if (REFUSAL.test(text)) refusals.push(text);
    else warn.apply(console, message);
  };
  let ready: boolean;
  try {
    ready = await tf.setBackend("wasm");
  } finally {
    console.warn = warn;
  }
  if (!ready) throw new Error("tfjs-wasm: TensorFlow.js could not start its WebAssembly backend");
  const simd = await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT");
  return tfjsAdapter({
    reach: { ...FULL_REACH, layouts: ["channels last"] },
    name: "tfjs-wasm",
    backend: "wasm",
    version: `${version_wasm}${simd ? " with SIMD" : " without SIMD"}`,
    threads: getThreadsCount(),
    check() {
      const [refusal] = refusals.splice(0);
      if (refusal !== undefined) throw new Error(`tfjs-wasm computed nothing: ${refusal}`);
    },
  });
}
