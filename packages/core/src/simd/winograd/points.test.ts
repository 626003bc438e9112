import { describe, expect, it } from "vitest";
import { cookToom, Rational, type RationalMatrix } from "../../../test/cook-toom.ts";
import { ModuleBuilder } from "../engine/assembler.ts";
import { SimdEngine } from "../engine/engine.ts";
import { simdFeatures } from "../engine/features.ts";
import { hostWebAssembly } from "../engine/webassembly.ts";
import { emitTransform } from "./emit.ts";
import type { Formulas, Transform } from "./formulas.ts";
import { type AxisForm, type Form, formName, formOf, isTransformed, pairsOf, type TileSize, tapsOf } from "./points.ts";

const TAPS = [1, 3, 5, 7, 9];

/** All forms there are. */
const forms: readonly Form[] = ([2, 4] as const).flatMap((tileSize: TileSize) =>
  TAPS.flatMap((rows) =>
    TAPS.flatMap((columns) => {
      const form = formOf(rows, columns, tileSize);
      return typeof form === "string" ? [] : [form];
    }),
  ),
);

/** Their transforms, each once. */
const axes: readonly AxisForm[] = [
  ...new Map(
    forms
      .flatMap(({ outer, inner }) => [outer, inner])
      .filter(isTransformed)
      .map((axis) => [`F(${axis.outputs}, ${axis.taps})`, axis]),
  ).values(),
];

const matricesOf = (axis: AxisForm) => cookToom([0, ...pairsOf(axis).flatMap((p) => [p, -p])], axis.outputs, axis.taps);

const total = (values: readonly Rational[]): Rational => values.reduce((sum, value) => sum.plus(value), Rational.of(0));

describe("the forms", () => {
  it("are those whose errors stay small", () => {
    expect(forms.map(formName)).toMatchInlineSnapshot(`
      [
        "F(1×2, 1×3)",
        "F(1×2, 1×5)",
        "F(1×2, 1×7)",
        "F(2×1, 3×1)",
        "F(2×2, 3×3)",
        "F(2×2, 3×5)",
        "F(2×2, 3×7)",
        "F(2×1, 5×1)",
        "F(2×2, 5×3)",
        "F(2×2, 5×5)",
        "F(2×2, 5×7)",
        "F(2×1, 7×1)",
        "F(2×2, 7×3)",
        "F(2×2, 7×5)",
        "F(2×2, 7×7)",
        "F(1×4, 1×3)",
        "F(1×4, 1×5)",
        "F(1×9, 1×7)",
        "F(1×12, 1×9)",
        "F(4×1, 3×1)",
        "F(4×4, 3×3)",
        "F(2×4, 3×5)",
        "F(4×1, 5×1)",
        "F(2×4, 5×3)",
        "F(2×4, 5×5)",
        "F(9×1, 7×1)",
        "F(2×4, 7×3)",
        "F(12×1, 9×1)",
      ]
    `);
  });

  it("are foretold to err no more than 1.5 times as F(4×4, 3×3), whose largest error was 6.7e-7", () => {
    /** √(Σ A² ‖G‖² ‖B‖²) in the worst output. */
    const errorOf = (axis: AxisForm): number => {
      const { A, G, B } = matricesOf(axis);
      const square = (row: readonly Rational[]): number => row.reduce((sum, value) => sum + value.toNumber() ** 2, 0);
      const ofOutput = A[0]!.map((_, i) =>
        A.reduce((sum, row, point) => sum + row[i]!.toNumber() ** 2 * square(G[point]!) * square(B[point]!), 0),
      );
      return Math.sqrt(Math.max(...ofOutput));
    };
    const ofForm = (form: Form): number => (errorOf(form.outer) * errorOf(form.inner)) / tapsOf(form);
    const reference = ofForm(formOf(3, 3, 4) as Form);
    for (const form of forms) expect(ofForm(form), formName(form)).toBeLessThan(1.5 * reference);
  });

  it("say why there is none", () => {
    expect(formOf(1, 1, 2)).toBe("the kernel is 1×1");
    expect(formOf(3, 4, 2)).toBe("there are no tiles of 2 for kernels of 3×4");
    expect(formOf(7, 7, 4)).toBe("there are no tiles of 4 for kernels of 7×7");
  });

  it("begin with that of Lavin and Gray, but for the signs of products", () => {
    const { A, G, B } = matricesOf({ outputs: 2, taps: 3, points: 4 });
    const published = {
      B: [
        [1, 0, -1, 0],
        [0, 1, 1, 0],
        [0, -1, 1, 0],
        [0, 1, 0, -1],
      ],
      G: [
        [1, 0, 0],
        [0.5, 0.5, 0.5],
        [0.5, -0.5, 0.5],
        [0, 0, 1],
      ],
      A: [
        [1, 0],
        [1, 1],
        [1, -1],
        [0, -1],
      ],
    };
    for (let point = 0; point < 4; point++)
      for (let i = 0; i < 2; i++)
        for (let b = 0; b < 3; b++)
          for (let k = 0; k < 4; k++)
            expect(A[point]![i]!.times(G[point]![b]!).times(B[point]![k]!).toNumber()).toBeCloseTo(
              published.A[point]![i]! * published.G[point]![b]! * published.B[point]![k]!,
              15,
            );
  });
});

describe.each(axes)("F($outputs, $taps)", (axis) => {
  const { A, G, B } = matricesOf(axis);
  const { outputs, taps, points } = axis;

  it("filters, exactly", () => {
    for (let i = 0; i < outputs; i++)
      for (let b = 0; b < taps; b++)
        for (let k = 0; k < points; k++) {
          const weight = total(B.map((row, point) => A[point]![i]!.times(G[point]![b]!).times(row[k]!)));
          expect(weight.equals(Rational.of(k === i + b ? 1 : 0))).toBe(true);
        }
  });

  const transposed = (matrix: RationalMatrix): RationalMatrix =>
    matrix[0]!.map((_, column) => matrix.map((row) => row[column]!));

  it.each<[string, (axis: AxisForm) => number, (formulas: Formulas) => Transform, RationalMatrix]>([
    ["Bᵀ", ({ points }) => points, (formulas) => formulas.input(), B],
    ["G", ({ taps }) => taps, (formulas) => formulas.filter(), G],
    ["Aᵀ", ({ points }) => points, (formulas) => formulas.output(), transposed(A)],
    ["A", ({ outputs }) => outputs, (formulas) => formulas.outputGradient(), A],
    ["Gᵀ", ({ points }) => points, (formulas) => formulas.filterGradient(), transposed(G)],
  ])("is emitted as the matrix of its points: %s", (name, sizeOf, transformOf, matrix) => {
    const one = { outputs: 1, taps: 1, points: 1 };
    const tile = { outputs, taps, inputs: points };
    const form = { rows: { ...tile, outputs: 1, taps: 1, inputs: 1 }, columns: tile, outer: one, inner: axis };
    for (const fma of [false, simdFeatures().relaxedMadd]) {
      const engine = new SimdEngine(hostWebAssembly()!, simdFeatures(), { fma });
      const { transform } = engine.functions("transform", () => {
        const module = new ModuleBuilder();
        emitTransform(module, "transform", { form, fma, sizeOf, transformOf });
        return module.toBytes();
      });
      const size = sizeOf(axis);
      const { address } = engine.memory.allocate(4096);
      const { floats } = engine.memory;
      for (let column = 0; column < size; column++) {
        floats.fill(0, address / 4, address / 4 + 4 * size);
        floats.fill(1, address / 4 + 4 * column, address / 4 + 4 * column + 4);
        transform!(1, 1, address, 0, 0, 16, address + 2048, 0, 0, 16, 0, 0);
        const emitted = matrix.map((_, row) => floats[address / 4 + 512 + 4 * row]!);
        const exact = matrix.map((row) => Math.fround(row[column]!.toNumber()));
        expect(
          emitted.map((value) => value + 0),
          `${name}, column ${column}`,
        ).toEqual(exact.map((value) => value + 0));
      }
    }
  });
});
