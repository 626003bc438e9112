import { CASES, type ConvCase, SPATIAL_CASES, type SpatialCase, VALUE_CLASSES } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { pairwiseCases } from "./generate/pairwise.ts";
import { poolsOf } from "./generate/pooled.ts";
import type { DataKind } from "./generate/problem.ts";
import { ACCEPTANCES, expectedDivergence, LEDGER } from "./ledger.ts";
import { IMPOSSIBLE_REQUESTS } from "./negative/requests.ts";
import { KNOWN_ORACLES } from "./oracles/known.ts";
import { LIMITATIONS } from "./oracles/limitations.ts";

const base: ConvCase = {
  name: "a case",
  inputShape: [1, 6, 6, 1],
  filterShape: [2, 2, 1, 1],
  strides: [1, 1],
  padding: "same",
  dilations: [1, 1],
  groups: 1,
  bias: false,
};
const wasm = (changes: Partial<ConvCase>) =>
  expectedDivergence(LEDGER, { name: "tfjs-wasm" }, { ...base, ...changes }, "forward", "real")?.id;

describe("the ledger", () => {
  it("has entries with an id of their own, about oracles there are, with the reason", () => {
    expect(new Set(LEDGER.map(({ id }) => id)).size).toBe(LEDGER.length);
    const oracles = KNOWN_ORACLES.map(({ name }) => name);
    for (const { oracle, version, what, why, issues } of [...LEDGER, ...LIMITATIONS]) {
      expect(oracles).toContain(oracle);
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(what.length * why.length).toBeGreaterThan(0);
      for (const issue of issues) expect(issue).toMatch(/^https:\/\/github\.com\/tensorflow\/tfjs\/issues\/\d+$/);
    }
  });

  it("expects answers to impossible requests that there are", () => {
    const requests = IMPOSSIBLE_REQUESTS.map(({ id }) => id);
    for (const { request } of ACCEPTANCES) expect(requests).toContain(request);
    expect(new Set(ACCEPTANCES.map(({ id }) => id)).size).toBe(ACCEPTANCES.length);
  });

  it("has only entries that the table or the pairwise cover meets, so that a run can see each vanish", () => {
    for (const entry of LEDGER) {
      const cases = [...CASES, ...SPATIAL_CASES, ...pairwiseCases()];
      const met = [...cases, ...poolsOf(cases)].filter((convCase) =>
        (["forward", "inputGradient", "filterGradient", "biasGradient"] as const).some((pass) =>
          VALUE_CLASSES.some((values) => entry.applies(convCase, pass, values)),
        ),
      );
      expect(met, entry.id).not.toHaveLength(0);
    }
  });

  it("expects wasm to fail exactly where `same` needs negative padding", () => {
    expect(wasm({ strides: [3, 3] })).toBe("wasm-same-strides-past-kernel");
    expect(wasm({ strides: [1, 3] })).toBe("wasm-same-strides-past-kernel");
    // (2 − 1)·5 + 2 = 7 cells of 6: nothing is left unseen.
    expect(wasm({ strides: [5, 5] })).toBeUndefined();
    expect(wasm({ strides: [2, 2] })).toBeUndefined();
    expect(wasm({ strides: [3, 3], dilations: [2, 2] })).toBeUndefined();
    expect(wasm({ strides: [3, 3], filterShape: [1, 1, 1, 1] })).toBeUndefined();
    expect(wasm({ strides: [3, 3], padding: "valid" })).toBeUndefined();
    expect(wasm({ strides: [3, 3], padding: 0 })).toBeUndefined();
  });

  it("tells TensorFlow's engines apart", () => {
    const empty = { ...base, inputShape: [0, 6, 6, 1], bias: true } as const;
    const expected = (engine: string) =>
      expectedDivergence(LEDGER, { name: "tfjs-node", engine }, empty, "forward", "exact")?.id;
    expect(expected("oneDNN")).toBe("node-bias-on-empty-batch");
    expect(expected("Eigen")).toBeUndefined();
  });

  it("says nothing about other oracles and passes", () => {
    const strided = { ...base, strides: [3, 3] as const };
    expect(expectedDivergence(LEDGER, { name: "tfjs-cpu" }, strided, "forward", "exact")).toBeUndefined();
    expect(expectedDivergence(LEDGER, { name: "tfjs-wasm" }, strided, "inputGradient", "exact")).toBeUndefined();
  });

  describe("is about no more than it says", () => {
    const passes = ["forward", "inputGradient", "filterGradient", "biasGradient"] as const;
    const gradients = ["inputGradient", "filterGradient"] as const;
    /** The passes in which the entries of an oracle expect it to be wrong, by their ids. */
    const expected = (oracle: string, convCase: SpatialCase, values: DataKind = "real") => {
      const found: Record<string, string[]> = {};
      for (const entry of LEDGER.filter((one) => one.oracle === oracle)) {
        const met = passes.filter((pass) => entry.applies(convCase, pass, values));
        if (met.length > 0) found[entry.id] = met;
      }
      return found;
    };
    const volume: SpatialCase = {
      ...base,
      inputShape: [1, 6, 6, 6, 1],
      filterShape: [2, 2, 2, 1, 1],
      strides: [3, 3, 3],
      dilations: [1, 1, 1],
    };
    const rounded: SpatialCase = { ...base, padding: 0, strides: [3, 3], rounding: "ceil" };
    const empty: SpatialCase = { ...base, inputShape: [0, 6, 6, 2], filterShape: [2, 2, 2, 2], bias: true };

    it("strides past the kernel, of volumes", () => {
      const all = ["forward", ...gradients];
      expect(expected("tfjs-cpu", volume)).toEqual({ "cpu-3d-same-strides-past-kernel": all });
      expect(expected("tfjs-cpu", { ...volume, strides: [1, 1, 3] })).toEqual({
        "cpu-3d-same-strides-past-kernel": all,
      });
      expect(expected("tfjs-cpu", { ...volume, strides: [2, 2, 2] })).toEqual({});
      expect(expected("tfjs-cpu", { ...volume, padding: "valid" })).toEqual({});
      expect(expected("tfjs-cpu", { ...base, strides: [3, 3] })).toEqual({});
    });

    it("gradients of volumes", () => {
      expect(expected("tfjs-wasm", { ...volume, padding: "valid" })).toEqual({ "wasm-3d-gradients": gradients });
    });

    it("outputs that rounding has added", () => {
      expect(expected("tfjs-cpu", rounded)).toEqual({ "cpu-gradient-ignores-rounding": gradients });
      expect(expected("tfjs-wasm", rounded)).toEqual({
        "wasm-gradient-ignores-rounding": gradients,
        "wasm-forward-ignores-rounding": ["forward"],
      });
      for (const none of [
        { ...rounded, rounding: "floor" },
        { ...rounded, strides: [2, 2] },
      ] as const) {
        expect(expected("tfjs-cpu", none)).toEqual({});
        expect(expected("tfjs-wasm", none)).toEqual({});
      }
    });

    it("batches of nothing", () => {
      expect(expected("tfjs-wasm", empty)).toEqual({ "wasm-sum-of-nothing": ["biasGradient"] });
      expect(expected("tfjs-node", empty)).toEqual({ "node-bias-on-empty-batch": ["forward"] });
      expect(expected("tfjs-node", { ...empty, bias: false })).toEqual({});
      expect(expected("tfjs-node", { ...empty, inputShape: [1, 6, 6, 2] })).toEqual({});
      expect(expected("tfjs-node", { ...empty, groups: 2, filterShape: [2, 2, 1, 2] })).toEqual({});
      expect(expected("tfjs-wasm", { ...empty, inputShape: [1, 6, 6, 2] })).toEqual({});
    });

    it("values that are not finite, or subnormal", () => {
      for (const values of VALUE_CLASSES) {
        const isClamped = values.startsWith("non-finite");
        expect(expected("tfjs-wasm", base, values)).toEqual(isClamped ? { "wasm-clamps-nan": ["forward"] } : {});
        expect(expected("tfjs-node", base, values)).toEqual(
          values === "subnormal" || values === "lopsided" ? { "node-flushes-subnormals": passes } : {},
        );
      }
    });
  });
});
