import { describe, expect, it } from "vitest";
import { f32x4, ModuleBuilder } from "./assembler.ts";
import { probeFeatures, simdFeatures } from "./features.ts";
import { hostWebAssembly, type WasmApi } from "./webassembly.ts";

const host = hostWebAssembly()!;

describe("probeFeatures", () => {
  it("finds SIMD on every supported host, and asks once", () => {
    expect(simdFeatures().simd).toBe(true);
    expect(simdFeatures()).toBe(simdFeatures());
  });

  it("reports a host without WebAssembly", () => {
    expect(probeFeatures(undefined)).toEqual({
      simd: "this host has no WebAssembly",
      relaxedMadd: false,
      foldsOffsets: false,
      revectorizes: false,
    });
  });

  it("reports WebAssembly without SIMD", () => {
    const old: WasmApi = { ...pick(host), validate: () => false };
    expect(probeFeatures(old).simd).toBe("this host's WebAssembly has no SIMD");
  });

  it("reports why compiling is refused, as under a content security policy", () => {
    const refusing: WasmApi = {
      ...pick(host),
      Module: class {
        constructor() {
          throw new EvalError("Refused to compile: 'unsafe-eval' is not allowed");
        }
      },
    };
    const { simd, relaxedMadd } = probeFeatures(refusing);
    expect(simd).toBe(
      "this host refuses to compile WebAssembly, which a content security policy allows by script-src 'wasm-unsafe-eval': " +
        "Refused to compile: 'unsafe-eval' is not allowed",
    );
    expect(relaxedMadd).toBe(false);
  });

  it("does without fused multiply-add where it is unknown", () => {
    let asked = 0;
    const early: WasmApi = { ...pick(host), validate: (bytes) => ++asked === 1 && host.validate(bytes) };
    expect(probeFeatures(early)).toEqual({ simd: true, relaxedMadd: false, foldsOffsets: false, revectorizes: false });
  });
});

// The host's object has non-enumerable members, which spreading would lose.
function pick({ Module, Instance, Memory, validate }: WasmApi): WasmApi {
  return { Module, Instance, Memory, validate };
}

it("finds fused products wherever code that uses them compiles", () => {
  const module = new ModuleBuilder();
  module.function("multiply", 0, (f) => {
    const value = f.v128();
    f.set(value, f32x4.relaxedMadd(value, value, value));
  });
  expect(probeFeatures(host).relaxedMadd).toBe(host.validate(module.toBytes()));
});
