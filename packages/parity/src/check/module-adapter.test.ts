import { CASES, exactData } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { compute, interrogate } from "../interrogate.ts";
import { type ConvModule, loadModule, moduleAdapter } from "./module-adapter.ts";

const convCase = CASES[0];
const data = exactData(convCase, 1);
const forward = () => new Float32Array(4);

describe("a module", () => {
  it("is asked for what it exports, under its name or that of its file", () => {
    const adapter = moduleAdapter("some/my-conv.js", { forward });
    expect(adapter).toMatchObject({ name: "my-conv", version: "unknown", threads: 1 });
    expect(adapter.supports(convCase, "forward")).toBe(true);
    expect(adapter.supports(convCase, "inputGradient")).toBe("it exports no inputGradient");
    expect(moduleAdapter("x.js", { forward, name: "mine", version: "2" })).toMatchObject({
      name: "mine",
      version: "2",
    });
  });

  it("gets the geometry worked out", async () => {
    const same = { ...CASES.find(({ name }) => name === "same, even kernel: the odd cell after")! };
    let seen: unknown;
    const adapter = moduleAdapter("x.js", {
      forward(c) {
        seen = [c.pads, c.outputShape];
        return new Float32Array();
      },
    });
    await compute(adapter, same, "forward", exactData(same, 1));
    expect(seen).toEqual([
      [
        [1, 2],
        [0, 1],
      ],
      [1, 6, 7, 8],
    ]);
  });

  it.each<[ConvModule | Record<string, unknown>, string]>([
    [{}, "check: x.js exports nothing, but must export a function forward(convCase, { x, filter, bias })"],
    [{ conv: forward }, "check: x.js exports conv, but must export a function forward"],
    [{ forward: 1 }, "check: x.js: forward must be a function, got 1"],
    [{ forward, inputGradient: "no" }, 'check: x.js: inputGradient must be a function, got "no"'],
    [{ forward, name: 7 }, "check: x.js: name must be a text, got 7"],
    [{ forward, sharedMemory: "no" }, 'check: x.js: sharedMemory must be true or false, got "no"'],
  ])("that is not one is told what it lacks: %#", (module, message) => {
    expect(() => moduleAdapter("x.js", module as ConvModule)).toThrow(message);
  });

  it("that cannot be loaded is named with the reason", async () => {
    await expect(loadModule("no/such/module.js")).rejects.toThrow(
      /^check: no\/such\/module\.js cannot be loaded: Cannot find/,
    );
  });

  it.each<[string, ConvModule["forward"], string]>([
    ["an array", () => [1, 2] as never, "forward must give a Float32Array, got an array of 2"],
    ["float64", () => new Float64Array(4) as never, "forward must give a Float32Array, got a Float64Array"],
    ["nothing", () => undefined as never, "forward must give a Float32Array, got undefined"],
  ])("that gives %s has failed", async (_, wrong, message) => {
    await expect(compute(moduleAdapter("x.js", { forward: wrong! }), convCase, "forward", data)).rejects.toThrow(
      message,
    );
  });

  it("that changes its arguments has failed, and changed nothing of ours", async () => {
    const before = data.x.slice();
    const greedy = moduleAdapter("x.js", {
      forward(_, { x }) {
        x[3] = 99;
        return new Float32Array(4);
      },
    });
    await expect(compute(greedy, convCase, "forward", data)).rejects.toThrow("forward changed its argument x, at 3");
    expect(data.x).toEqual(before);
  });

  it("that hands out the same memory twice is told so", async () => {
    const memory = new Float32Array(4);
    const adapter = moduleAdapter("x.js", { forward: (_, { x }) => memory.fill(x[0]!) });
    await expect(interrogate(adapter, convCase, "forward", data)).rejects.toThrow(
      "a result that it handed out changed when another layer was run",
    );
  });

  it("whose supports gives neither true nor a reason is told so", () => {
    const adapter = moduleAdapter("x.js", { forward, supports: () => false as never });
    expect(() => adapter.supports(convCase, "forward")).toThrow(
      "supports must give true or the reason why not, got false",
    );
  });
});
