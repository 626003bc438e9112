/**
 * TensorFlow.js in a page, on one of its backends, asked as the oracles of parity ask it.
 *
 * @module
 */

import { type AdapterSource, tfjsBackend } from "@corr2d/parity";
import * as tf from "@tensorflow/tfjs-core";

/** Backends that a page has, by the names that TensorFlow.js knows them by. */
type PageBackend = "wasm" | "cpu" | "webgl" | "webgpu";

/** Imports a backend, which registers itself. */
const LOADERS: Readonly<Record<PageBackend, () => Promise<unknown>>> = {
  cpu: () => import("@tensorflow/tfjs-backend-cpu"),
  webgl: () => import("@tensorflow/tfjs-backend-webgl"),
  webgpu: () => import("@tensorflow/tfjs-backend-webgpu"),
  async wasm() {
    const { setThreadsCount, setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
    setWasmPaths(new URL("tfjs/", import.meta.url).href);
    setThreadsCount(1);
  },
};

/** The peer of a backend. */
export function tfjsSource(backend: PageBackend, summary: string): AdapterSource {
  const name = `tfjs-${backend}`;
  return {
    name,
    summary,
    async load() {
      tf.env().set("PROD", true);
      await LOADERS[backend]();
      if (!(await tf.setBackend(backend).catch(() => false))) {
        throw new Error(`this browser, or its graphics processor, has no ${backend} for TensorFlow.js`);
      }
      const readsLater = backend === "webgl" || backend === "webgpu";
      const adapter = await tfjsBackend({ name, backend, version: tf.version_core, threads: 1, readsLater });
      return {
        ...adapter,
        supports: (convCase, pass) =>
          pass === "forward" ? adapter.supports(convCase, pass) : "a page times forward passes of TensorFlow.js only",
      };
    },
  };
}
