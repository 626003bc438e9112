/**
 * Runs TensorFlow.js's own specs on one backend under jasmine, and writes a {@link SpecRun}:
 *
 *     node <bundle of this file> <backend> <selection> <file for the result>
 *
 * The specs import parts of tfjs-core by path, so they and this file are one bundle with one tfjs-core (see run.ts). Its
 * dynamic imports are evaluated in the order written: the cpu backend, counters on its kernels, the backend under test, counters on its, the specs.
 *
 * @module
 */

import { writeFileSync } from "node:fs";
import { setBackend, version_core } from "@tensorflow/tfjs-core";
import { setTestEnvs } from "@tensorflow/tfjs-core/dist/jasmine_util.js";
import jasmineCore from "jasmine-core";
import { countKernels } from "./kernel-calls.ts";
import type { BackendUnderTest, Selection, SpecOutcome, SpecRun } from "./outcome.ts";

const [underTest, selection, file] = process.argv.slice(2) as [BackendUnderTest, Selection, string];
const backend = underTest === "wasm with ours" ? "wasm" : underTest;

// Chained methods (`x.square()`) and gradients are registered by the union package, which is not here.
await import("@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js");
await import("@tensorflow/tfjs-core/dist/register_all_gradients.js");
await import("@tensorflow/tfjs-backend-cpu");
const cpu = countKernels("cpu");
if (backend === "wasm") await import("@tensorflow/tfjs-backend-wasm");
if (underTest !== "wasm") await import("../../src/index.ts");
await setBackend(backend);
const counter = backend === "cpu" ? cpu : countKernels(backend);

const { installGlobals, jasmine } = jasmineCore;
installGlobals();
setTestEnvs([{ name: backend, backendName: backend, isDataSync: true }]);
const environment = jasmine.getEnv();
// Specs are told apart by name and order here, so the order must not be random; some have a name twice.
environment.configure({ random: false, forbidDuplicateNames: false });

const specs: SpecOutcome[] = [];
const seen = new Map<string, number>();
environment.addReporter({
  specDone(result) {
    const suffix = ` ${backend} {}`;
    const name = result.fullName.replaceAll(suffix, "");
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    const calls = counter.take();
    const onCpu = backend === "cpu" ? {} : cpu.take();
    specs.push({
      name: count === 1 ? name : `${name} (${count})`,
      onBackend: result.fullName.includes(suffix),
      status: result.status,
      failures: result.failedExpectations.map(({ message }) => message),
      calls,
      fallbacks: Object.values(onCpu).reduce((sum, n) => sum + n, 0),
    });
  },
});

if (selection === "all") {
  await import("@tensorflow/tfjs-core/dist/tests.js");
} else {
  await import("@tensorflow/tfjs-core/dist/ops/conv_util_test.js");
  await import("@tensorflow/tfjs-core/dist/ops/conv1d_test.js");
  await import("@tensorflow/tfjs-core/dist/ops/conv2d_test.js");
  await import("@tensorflow/tfjs-core/dist/ops/conv2d_separable_test.js");
  await import("@tensorflow/tfjs-core/dist/ops/conv2d_transpose_test.js");
  await import("@tensorflow/tfjs-core/dist/ops/conv3d_test.js");
  await import("@tensorflow/tfjs-core/dist/ops/conv3d_transpose_test.js");
  await import("@tensorflow/tfjs-core/dist/ops/depthwise_conv2d_test.js");
  await import("@tensorflow/tfjs-core/dist/ops/fused/fused_conv2d_test.js");
  await import("@tensorflow/tfjs-core/dist/ops/fused/fused_depthwise_conv2d_test.js");
}
const start = performance.now();
await environment.execute();
const run: SpecRun = { version: version_core, seconds: (performance.now() - start) / 1000, specs };
writeFileSync(file, JSON.stringify(run));
