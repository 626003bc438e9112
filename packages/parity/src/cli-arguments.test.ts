import { describe, expect, it } from "vitest";
import {
  collectAlgorithms,
  collectOracles,
  parseCases,
  parsePath,
  parseSeed,
  parseShard,
  parseTime,
} from "./cli-arguments.ts";

describe("parseShard", () => {
  it("takes i/n", () => {
    expect(parseShard("2/5")).toEqual({ index: 2, count: 5 });
    expect(parseShard("1/1")).toEqual({ index: 1, count: 1 });
  });

  it.each(["0/5", "6/5", "1/0", "1", "1/2/3", "a/b", "-1/2", "1.5/2", "1/20000", ""])("refuses %j", (text) => {
    expect(() => parseShard(text)).toThrow("A shard is i/n with 1 ≤ i ≤ n ≤ 10000, such as 2/5.");
  });
});

describe("integers", () => {
  it("are taken within their bounds", () => {
    expect(parseCases("0")).toBe(0);
    expect(parseCases("1000000")).toBe(1_000_000);
    expect(parseSeed("-7")).toBe(-7);
  });

  it.each(["1.5", "1e3", "abc", "", " 1", "0x10", "Infinity", "-1", "1000001"])("as cases refuse %j", (text) => {
    expect(() => parseCases(text)).toThrow("It must be an integer from 0 to 1000000.");
  });

  it("as cases may be a file's", () => {
    expect(parseCases("shapes.json")).toBe("shapes.json");
  });

  it("as seeds refuse what float64 does not hold", () => {
    expect(() => parseSeed("9007199254740993")).toThrow("integer");
  });
});

describe("times", () => {
  it("are seconds, minutes or hours", () => {
    expect(["90", "90s", "2m", "1h"].map(parseTime)).toEqual([90, 90, 120, 3600]);
  });

  it.each(["", "0", "1.5s", "2d", "25h", "-1s"])("refuse %j", (text) => {
    expect(() => parseTime(text)).toThrow("such as 60s, 2m or 1h");
  });
});

describe("names", () => {
  it("come by comma or repeated, each once", () => {
    expect(collectOracles("tfjs-cpu, tfjs-wasm", ["tfjs-cpu"])).toEqual(["tfjs-cpu", "tfjs-wasm"]);
    expect(collectAlgorithms("naive", undefined)).toEqual(["naive"]);
  });

  it("that are unknown are refused with those that are known", () => {
    expect(() => collectOracles("tfjs-gpu", undefined)).toThrow(
      '"tfjs-gpu" is unknown. Oracles are tfjs-cpu, tfjs-wasm, tfjs-node.',
    );
    expect(() => collectAlgorithms("naive,", undefined)).toThrow(/"" is unknown\. Algorithms are naive, .*auto\./);
  });
});

it("a path must not be empty", () => {
  expect(parsePath("a/b.json")).toBe("a/b.json");
  expect(() => parsePath("")).toThrow("A file needs a name.");
});
