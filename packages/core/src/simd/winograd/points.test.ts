import { describe, expect, it } from "vitest";
import { cookToom, Rational, type RationalMatrix } from "../../../test/cook-toom.ts";
import { ModuleBuilder } from "../engine/assembler.ts";
import { SimdEngine } from "../engine/engine.ts";
import { simdFeatures } from "../engine/features.ts";
import { hostWebAssembly } from "../engine/webassembly.ts";
import { emitTransform } from "./emit.ts";
import type { Formulas, Transform } from "./formulas.ts";
import {
  type AxisForm,
  type Form,
  formName,
  formOf,
  isTransformed,
  pairsOf,
  pointCount,
  strandsAt,
  type TileSize,
  tapsOf,
} from "./points.ts";

const TAPS = [1, 3, 5, 7, 9];

function formsOf(taps: readonly number[], stride: 1 | 2): readonly Form[] {
  return ([2, 4] as const).flatMap((tileSize: TileSize) =>
    taps.flatMap((rows) =>
      taps.flatMap((columns) => {
        const form = formOf(rows, columns, tileSize, stride);
        return typeof form === "string" ? [] : [form];
      }),
    ),
  );
}

/** All forms there are. */
const strided = formsOf([1, 2, 3, 4, 5, 6, 7, 8, 9], 2);
const forms = [...formsOf(TAPS, 1), ...strided];

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
        "F(3×3, 4×4)/2",
        "F(3×2, 4×5)/2",
        "F(3×2, 4×6)/2",
        "F(1×3, 4×7)/2",
        "F(2×3, 5×4)/2",
        "F(2×2, 5×5)/2",
        "F(2×2, 5×6)/2",
        "F(1×3, 5×7)/2",
        "F(2×3, 6×4)/2",
        "F(2×2, 6×5)/2",
        "F(2×2, 6×6)/2",
        "F(1×3, 6×7)/2",
        "F(1×3, 7×7)/2",
        "F(1×5, 4×7)/2",
        "F(4×4, 5×5)/2",
        "F(4×4, 5×6)/2",
        "F(1×5, 5×7)/2",
        "F(4×4, 6×5)/2",
        "F(4×4, 6×6)/2",
        "F(1×5, 6×7)/2",
        "F(1×5, 7×7)/2",
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
    // Those of strands add up as those of channels do.
    const ofForm = (form: Form): number =>
      (Math.sqrt(form.strands.length) * errorOf(form.outer) * errorOf(form.inner)) / tapsOf(form);
    const reference = ofForm(formOf(3, 3, 4) as Form);
    for (const form of forms) expect(ofForm(form), formName(form)).toBeLessThan(1.5 * reference);
  });

  it("say why there is none", () => {
    expect(formOf(1, 1, 2)).toBe("the kernel is 1×1");
    expect(formOf(3, 4, 2)).toBe("there are no tiles of 2 for kernels of 3×4");
    expect(formOf(7, 7, 4)).toBe("there are no tiles of 4 for kernels of 7×7");
    expect(formOf(3, 3, 2, 2)).toBe("there are no tiles of 2 for kernels of 3×3 with stride 2");
  });

  it.each(strided)("of stride 2 have strands that see every tap once: $rows.taps×$columns.taps", (form) => {
    const { rows, columns, outer, inner } = form;
    const seen: string[] = [];
    for (const { row, column, rowTaps, columnTaps } of form.strands) {
      expect(columnTaps).toBeLessThanOrEqual(inner.taps);
      if (outer.points > 1) expect(rowTaps).toBeLessThanOrEqual(outer.taps);
      for (let i = 0; i < rowTaps; i++)
        for (let j = 0; j < columnTaps; j++) seen.push(`${row + 2 * i},${column + 2 * j}`);
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(rows.taps * columns.taps);
  });

  it("leave out products of strands that have no tap at infinity, and no others", () => {
    const counts = (form: Form): number =>
      Array.from({ length: pointCount(form) }, (_, point) => strandsAt(form, point).count).reduce((a, b) => a + b);
    const [even, odd] = [formOf(4, 4, 2, 2), formOf(5, 5, 4, 2)] as [Form, Form];
    expect(counts(even)).toBe(4 * 16);
    expect(counts(odd)).toBe(11 * 11);
    // ∞ of rows: the two strands of even rows, which follow one another; of columns; of both.
    expect(strandsAt(odd, 30)).toEqual({ first: 1, count: 2 });
    expect(strandsAt(odd, 5)).toEqual({ first: 0, count: 2 });
    expect(strandsAt(odd, 35)).toEqual({ first: 1, count: 1 });
    expect(strandsAt(formOf(3, 3, 4) as Form, 35)).toEqual({ first: 0, count: 1 });
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

  /** Without the last column. */
  const fewer = (matrix: RationalMatrix): RationalMatrix => matrix.map((row) => row.slice(0, -1));

  const transposed = (matrix: RationalMatrix): RationalMatrix =>
    matrix[0]!.map((_, column) => matrix.map((row) => row[column]!));

  it.each<[string, (axis: AxisForm) => number, (formulas: Formulas) => Transform, RationalMatrix, AxisForm?]>([
    ["Bᵀ", ({ points }) => points, (formulas) => formulas.input(), B],
    ["G", ({ taps }) => taps, (formulas) => formulas.filter(), G],
    ["G of a tap less", ({ taps }) => taps, (formulas) => formulas.filter(), fewer(G), { ...axis, taps: taps - 1 }],
    ["Aᵀ", ({ points }) => points, (formulas) => formulas.output(), transposed(A)],
    ["A", ({ outputs }) => outputs, (formulas) => formulas.outputGradient(), A],
    ["Gᵀ", ({ points }) => points, (formulas) => formulas.filterGradient(), transposed(G)],
  ])("is emitted as the matrix of its points: %s", (name, sizeOf, transformOf, matrix, emitted = axis) => {
    const one = { outputs: 1, taps: 1, points: 1 };
    const tile = { outputs, stride: 1, taps, inputs: points };
    const form = {
      rows: { ...tile, outputs: 1, taps: 1, inputs: 1 },
      columns: tile,
      outer: one,
      inner: emitted,
      strands: [],
      segments: 1,
    };
    for (const fma of [false, simdFeatures().relaxedMadd]) {
      const engine = new SimdEngine(hostWebAssembly()!, simdFeatures(), { fma });
      const { transform } = engine.functions("transform", () => {
        const module = new ModuleBuilder();
        emitTransform(module, "transform", { form, fma, sizeOf, transformOf });
        return module.toBytes();
      });
      const size = sizeOf(emitted);
      const { address } = engine.memory.allocate(4096);
      const { floats } = engine.memory;
      for (let column = 0; column < size; column++) {
        floats.fill(0, address / 4, address / 4 + 4 * size);
        floats.fill(1, address / 4 + 4 * column, address / 4 + 4 * column + 4);
        transform!(1, 1, address, 0, 0, 16, address + 2048, 0, 0, 16, 0, 0);
        const values = matrix.map((_, row) => floats[address / 4 + 512 + 4 * row]!);
        const exact = matrix.map((row) => Math.fround(row[column]!.toNumber()));
        expect(
          values.map((value) => value + 0),
          `${name}, column ${column}`,
        ).toEqual(exact.map((value) => value + 0));
      }
    }
  });
});
