import { expect, it } from "vitest";
import { measureCeilings } from "./ceiling.ts";

it("measures what scalar code and SIMD can do at most, four lanes being more than one", () => {
  const [scalar, simd] = measureCeilings();
  expect(scalar.engine).toBe("scalar");
  expect(simd.engine).toBe("simd");
  expect(scalar.gflops).toBeGreaterThan(0.1);
  expect(simd.gflops).toBeGreaterThan(scalar.gflops);
});
