import { type Matrix, tensor } from "@corr2d/core";
import { PHOTOGRAPHS } from "@corr2d/testkit/photographs";
import { describe, expect, it } from "vitest";
import { showEdges } from "./edge-showcase.ts";
import { compareShifted, detectEdges, edgesAsInk, shiftPicture } from "./edges.ts";

/** 7×8, the left half black, the right half white. */
const HALVES: Matrix = tensor(
  [7, 8],
  Array.from({ length: 56 }, (_, i) => (i % 8 < 4 ? 0 : 255)),
);

function row({ shape, data }: Matrix, index: number): number[] {
  return [...data.subarray(index * shape[1], (index + 1) * shape[1])];
}

describe("detectEdges", () => {
  it("answers at the edge and nowhere else inside", () => {
    // Sobel's kernel sums to 4 on either side: 4 · 255 in the two columns that see both halves.
    expect(row(detectEdges(HALVES), 3).slice(1, -1)).toEqual([0, 0, 1020, 1020, 0, 0]);
  });

  it("finds horizontal edges as it finds vertical ones", () => {
    const transposed = tensor(
      [8, 7],
      Array.from({ length: 56 }, (_, i) => (Math.floor(i / 7) < 4 ? 0 : 255)),
    );
    const column = Array.from({ length: 8 }, (_, i) => detectEdges(transposed).data[i * 7 + 3]);
    expect(column.slice(1, -1)).toEqual([0, 0, 1020, 1020, 0, 0]);
  });
});

describe("a shift", () => {
  it("moves the picture and brings in black", () => {
    const picture = tensor([2, 3], [1, 2, 3, 4, 5, 6]);
    expect([...shiftPicture(picture, { down: 1, right: 1 }).data]).toEqual([0, 0, 0, 0, 1, 2]);
    expect([...shiftPicture(picture, { down: -1, right: -2 }).data]).toEqual([6, 0, 0, 0, 0, 0]);
    expect([...shiftPicture(picture, { down: 0, right: 0 }).data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it.each([
    { down: 1, right: 2 },
    { down: -2, right: 1 },
    { down: 0, right: -3 },
  ])("by $down, $right takes the response along, bit for bit", (shift) => {
    const response = detectEdges(HALVES);
    const finding = compareShifted(response, detectEdges(shiftPicture(HALVES, shift)), shift);
    expect(finding).toMatchObject({ different: 0, largestDifference: 0 });
    expect(finding.compared).toBe((7 - 2 - Math.abs(shift.down)) * (8 - 2 - Math.abs(shift.right)));
  });

  it("is noticed where the response does not follow", () => {
    const shift = { down: 1, right: 1 };
    const response = detectEdges(HALVES);
    const moved = detectEdges(shiftPicture(HALVES, shift));
    const spoiled = { ...moved, data: moved.data.map((value, i) => (i === 4 * 8 + 4 ? value + 2 : value)) };
    expect(compareShifted(response, spoiled, shift)).toMatchObject({ different: 1, largestDifference: 2 });
  });
});

it("draws the strongest edges black on white paper", () => {
  const { data } = edgesAsInk(tensor([1, 3], [0, 50, 100]));
  expect([...data]).toEqual([255, 0, 0]);
  expect([...edgesAsInk(tensor([1, 2], [0, 0])).data]).toEqual([255, 255]);
});

it("shows the edges of a photograph, equal wherever both responses see the same", async () => {
  const { finding, width, height, photograph, edges, edgesOfShifted } = await showEdges(PHOTOGRAPHS.coins);
  expect([width, height]).toEqual([384, 303]);
  expect(finding.compared).toBeGreaterThan(50_000);
  expect(finding).toMatchObject({ different: 0, largestDifference: 0 });
  for (const png of [photograph, edges, edgesOfShifted]) {
    expect([...png.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  }
});
