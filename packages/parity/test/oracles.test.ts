/** The oracles themselves: each computes on its own backend, knows what it cannot do, and agrees with the textbook. */

import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import {
  CASE_PASSES,
  CASES,
  type ConvCase,
  elementBounds,
  exactData,
  judge,
  realData,
  reference,
} from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import {
  type ConvAdapter,
  findTfjsNode,
  KNOWN_ORACLES,
  LEDGER,
  loadOracle,
  runParity,
  tfjsBackend,
} from "../src/index.ts";

/** Why tfjs-node cannot be had here; undefined if it can. */
const withoutNode: string | undefined = await findTfjsNode().then(
  () => undefined,
  (error: Error) => error.message,
);

const named = (name: string): ConvCase => CASES.find((convCase) => convCase.name === name)!;

it("tfjs-node runs, or every report says why not", async () => {
  const report = await runParity({ oracles: ["tfjs-cpu", "tfjs-node"], only: "textbook", cases: 0 });
  const [, node] = report.oracles;
  if (withoutNode === undefined) expect(node).toMatchObject({ name: "tfjs-node", ran: true, threads: 1 });
  else expect(node).toEqual({ name: "tfjs-node", ran: false, reason: withoutNode });
  expect(report.outcome).toBe("agree");
});

it.for([
  ["0", "Eigen"],
  ["1", "oneDNN"],
])(
  "tfjs-node with TF_ENABLE_ONEDNN_OPTS=%s says that it computes with %s, and agrees but for its ledger",
  ([flag, engine], { skip }) => {
    if (withoutNode !== undefined) skip(withoutNode);
    const program = fileURLToPath(new URL("../src/cli.ts", import.meta.url));
    const args = [
      "--oracle",
      "tfjs-node",
      "--algorithm",
      "naive",
      "--cases",
      "150",
      "--exclude",
      "every size*",
      "--jobs",
      "1",
    ];
    const { stdout, status } = spawnSync(process.execPath, ["--conditions=@corr2d/source", program, ...args], {
      encoding: "utf8",
      cwd: tmpdir(),
      env: { ...process.env, NODE_OPTIONS: "", TF_ENABLE_ONEDNN_OPTS: flag },
    });
    expect(stdout).toMatch(new RegExp(`tfjs-node 4\\.22\\.0 \\(.*; ${engine}\\)`));
    expect(stdout).toMatch(/^agree: /m);
    expect(stdout.includes("throws on an empty batch")).toBe(engine === "oneDNN");
    expect(status).toBe(0);
  },
);

it("any backend is held by its name, and one that is read later gives the bits of one that is read at once", async () => {
  const cpu = await loadOracle("tfjs-cpu");
  const { version } = cpu;
  const later = await tfjsBackend({ name: "mine", backend: "cpu", version, threads: 1, readsLater: true });
  expect(later).toMatchObject({ name: "mine", version, threads: 1 });
  const convCase = CASES.find(({ bias, groups }) => bias && groups === 1)!;
  for (const pass of CASE_PASSES) {
    const [now, then] = await Promise.all(
      [cpu, later].map(async (adapter) => {
        const prepared = await adapter.prepare(convCase, pass, realData(convCase, 1));
        const running = prepared.run();
        expect(running instanceof Promise).toBe(adapter === later);
        await running;
        return prepared.read();
      }),
    );
    expect(then).toEqual(now);
  }
});

describe.each(KNOWN_ORACLES.map(({ name }) => name))("%s", (name) => {
  /** The oracle, or the end of the test with the reason in the test report. */
  async function load({ skip }: { skip(note: string): void }): Promise<ConvAdapter> {
    if (name === "tfjs-node" && withoutNode !== undefined) skip(withoutNode);
    return loadOracle(name);
  }

  it("names its version and computes with one thread", async (context) => {
    const oracle = await load(context);
    expect(oracle.name).toBe(name);
    expect(oracle.version).toMatch(/^4\.22\.0/);
    expect(oracle.threads).toBe(1);
  });

  it("computes the textbook's example", async (context) => {
    const oracle = await load(context);
    const data = {
      x: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8),
      filter: Float32Array.of(0, 1, 2, 3),
      bias: undefined,
      dy: Float32Array.of(1, 1, 1, 1),
    };
    const prepared = await oracle.prepare(named("textbook 2x2 on 3x3"), "forward", data);
    await prepared.run();
    expect([...(await prepared.read())]).toEqual([19, 25, 37, 43]);
    prepared.dispose();
  });

  it("agrees with the reference in every pass of the table that it supports, on exact and on real data", async (context) => {
    const oracle = await load(context);
    let compared = 0;
    for (const convCase of CASES) {
      for (const pass of CASE_PASSES) {
        if (oracle.supports(convCase, pass) !== true) continue;
        if (LEDGER.some((entry) => entry.oracle === name && entry.applies(convCase, pass, "exact"))) continue;
        for (const [data, exact] of [
          [exactData(convCase, 5), true] as const,
          [realData(convCase, 5), false] as const,
        ]) {
          const prepared = await oracle.prepare(convCase, pass, data);
          await prepared.run();
          const bounds = exact ? 0 : elementBounds(convCase, pass, data);
          const { reason } = judge(await prepared.read(), reference(convCase, pass, data), bounds);
          expect(reason, `${pass} of ${convCase.name}`).toBeUndefined();
          prepared.dispose();
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(200);
  });

  it("computes again what it prepared, into an array of its own", async (context) => {
    const oracle = await load(context);
    const convCase = named("odd kernel");
    const data = exactData(convCase, 1);
    const prepared = await oracle.prepare(convCase, "forward", data);
    await prepared.run();
    const first = await prepared.read();
    const expected = first.slice();
    data.x.fill(0);
    await prepared.run();
    expect(first).toEqual(expected);
    expect(await prepared.read()).not.toEqual(expected);
    prepared.dispose();
  });

  it("says what it cannot be asked", async (context) => {
    const oracle = await load(context);
    expect(oracle.supports(named("2 groups"), "forward")).toBe(
      "TensorFlow.js has no groups other than depthwise in 2-D",
    );
    expect(oracle.supports(named("dilation 2"), "forward")).toBe(true);
    expect(oracle.supports(named("dilation 2"), "filterGradient")).toContain("dilation 1 only");
    expect(oracle.supports(named("stride and dilation together"), "forward")).toContain("refuses stride and dilation");
    const lacks = oracle.supports(named("odd kernel"), "filterGradient");
    expect(lacks).toBe(name === "tfjs-wasm" ? "the wasm backend has no kernel Conv2DBackpropFilter" : true);
  });
});

it("each oracle computes on its own backend, however they take turns", async () => {
  const convCase = named("same, stride past the kernel");
  const data = exactData(convCase, 2);
  const truth = Float32Array.from(reference(convCase, "forward", data));
  const [cpu, wasm] = [await loadOracle("tfjs-cpu"), await loadOracle("tfjs-wasm")];
  const prepared = [await cpu.prepare(convCase, "forward", data), await wasm.prepare(convCase, "forward", data)];
  for (let turn = 0; turn < 3; turn++) {
    for (const one of prepared) await one.run();
    // wasm is known to be wrong here; were it asked on the other's backend, it would be right.
    expect(await prepared[0].read()).toEqual(truth);
    expect(await prepared[1].read()).not.toEqual(truth);
  }
  for (const one of prepared) one.dispose();
});

it("an XNNPACK operator that was refused is an error, not a result", async () => {
  const wasm = await loadOracle("tfjs-wasm");
  const { tf } = await import("../src/oracles/tensorflow.ts");
  const convCase = named("odd kernel");
  const prepared = await wasm.prepare(convCase, "forward", exactData(convCase, 1));
  await prepared.run();
  // The backend's own entry point, asked for a stride of 0, which XNNPACK refuses.
  const backend = tf.backend() as unknown as {
    wasm: { cwrap(name: string, result: null, types: string[]): (...values: number[]) => void };
    dataIdMap: { get(id: object): { id: number } };
  };
  const idOf = (tensor: { dataId: object }): number => backend.dataIdMap.get(tensor.dataId).id;
  const conv2d = backend.wasm.cwrap(
    tf.Conv2D,
    null,
    Array.from({ length: 19 }, () => "number"),
  );
  const [x, filter, y] = [tf.ones([1, 6, 6, 2]), tf.ones([3, 3, 2, 3]), tf.zeros([1, 4, 4, 3])];
  conv2d(idOf(x), 1, 6, 6, idOf(filter), 3, 3, 0, 0, 0, 0, 0, 1, 1, 0, 0, 2, 3, idOf(y));
  tf.dispose([x, filter, y]);
  expect(() => prepared.run()).toThrow(/tfjs-wasm computed nothing: XNN status .* is not successful/);
  prepared.dispose();
});

it("an unknown oracle is refused with the known ones", async () => {
  await expect(loadOracle("tfjs-gpu")).rejects.toThrow(
    'parity: oracle must be one of tfjs-cpu, tfjs-wasm, tfjs-node, got "tfjs-gpu"',
  );
});
