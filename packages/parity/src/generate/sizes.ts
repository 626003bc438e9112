/**
 * The sizes of a problem on its way: numbers that may be set, those that were asked for, and what is made smaller until the
 * whole is affordable.
 *
 * @module
 */

import type { SpatialCase } from "@corr2d/testkit";
import type { Random } from "fast-check";

/** A case that has no name yet. */
export type Drawn = Omit<SpatialCase, "name">;

/** Products of a pass that a large case may come to: seldom as many as that, so that there can be more of them … */
const BUDGETS = [2 ** 15, 2 ** 16, 2 ** 17, 2 ** 17, 2 ** 18, 2 ** 18, 2 ** 20];

/** … and what it may come to by sizes that were asked for. */
const MOST = [2 ** 19, 2 ** 20, 2 ** 20, 2 ** 20, 2 ** 20, 2 ** 20, 2 ** 20, 2 ** 22];

/** Sizes at which implementations cut their work into blocks; a fault shows at them, or one beside. */
export const BLOCKS: readonly number[] = [8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024];

/** A size at which work is cut. */
export function blockUpTo(random: Random, most: number): number {
  return pick(
    random,
    BLOCKS.filter((block) => block <= most),
  );
}

/** Such a size, or one beside. */
export function nearBlock(random: Random, most: number): number {
  return blockUpTo(random, most) + pick(random, [-1, 0, 1]);
}

/** One of several, each as likely. */
export function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[random.nextInt(0, choices.length - 1)]!;
}

/** What can be set: images, groups, channels of a group, and cells and taps of each axis. */
export type SizeName = "images" | "groups" | "groupIn" | "groupOut" | `cells ${number}` | `kernel ${number}`;

/** The sizes of a case. Whoever sets one has asked for it. */
export class Sizes {
  readonly rank: number;
  strides: readonly number[];
  dilations: readonly number[];
  padding: SpatialCase["padding"];
  private readonly drawn: Drawn;
  private readonly values: Map<SizeName, number>;
  private readonly asked: Set<SizeName> = new Set();

  constructor(drawn: Drawn) {
    this.drawn = drawn;
    const { inputShape, filterShape, groups, strides, dilations, padding } = drawn;
    [this.strides, this.dilations, this.padding, this.rank] = [strides, dilations, padding, strides.length];
    this.values = new Map<SizeName, number>([
      ["images", inputShape[0]!],
      ["groups", groups],
      ["groupIn", filterShape.at(-2)!],
      ["groupOut", filterShape.at(-1)! / groups],
      ...inputShape.slice(1, -1).map((size, axis): [SizeName, number] => [`cells ${axis}`, size]),
      ...filterShape.slice(0, -2).map((size, axis): [SizeName, number] => [`kernel ${axis}`, size]),
    ]);
  }

  get(name: SizeName): number {
    return this.values.get(name)!;
  }

  set(name: SizeName, size: number): void {
    this.values.set(name, size);
    this.asked.add(name);
  }

  /** Channels of all groups alike; 1 of them for a depthwise convolution's input. */
  setChannels(groups: number, groupIn: number, groupOut: number): void {
    this.set("groups", groups);
    this.set("groupIn", groupIn);
    this.set("groupOut", groupOut);
  }

  /** Cells that the kernel covers along an axis. */
  reach(axis: number): number {
    return (this.get(`kernel ${axis}`) - 1) * this.dilations[axis]! + 1;
  }

  /** The case: what was not asked for is halved, the largest first, and at last what was, until a budget affords it. */
  affordable(random: Random): Drawn {
    this.shrinkTo(pick(random, BUDGETS), (name) => !this.asked.has(name));
    this.shrinkTo(pick(random, MOST), () => true);
    const axes = this.strides.map((_, axis) => axis);
    const groups = this.get("groups");
    return {
      ...this.drawn,
      strides: this.strides,
      dilations: this.dilations,
      padding: this.padding,
      groups,
      inputShape: [this.get("images"), ...axes.map((axis) => this.get(`cells ${axis}`)), groups * this.get("groupIn")],
      filterShape: [
        ...axes.map((axis) => this.get(`kernel ${axis}`)),
        this.get("groupIn"),
        groups * this.get("groupOut"),
      ],
    };
  }

  private shrinkTo(budget: number, mayShrink: (name: SizeName) => boolean): void {
    while (this.products() > budget) {
      const largest = this.largest(mayShrink);
      if (largest === undefined) return;
      this.values.set(largest, Math.max(this.least(largest), this.get(largest) >> 1));
    }
  }

  private largest(mayShrink: (name: SizeName) => boolean): SizeName | undefined {
    let largest: SizeName | undefined;
    for (const [name, size] of this.values) {
      if (!mayShrink(name) || size <= this.least(name)) continue;
      if (largest === undefined || size > this.get(largest)) largest = name;
    }
    return largest;
  }

  /** An image is not made smaller than its kernel: that is asked for, or not. */
  private least(name: SizeName): number {
    const axis = /^cells (\d)$/.exec(name)?.[1];
    return axis === undefined ? 1 : this.reach(Number(axis));
  }

  /** Those of padding too: it makes outputs. */
  private products(): number {
    return this.strides.reduce(
      (product, stride, axis) => {
        const cells = this.get(`cells ${axis}`) + this.padded(axis);
        return product * Math.ceil(cells / stride) * this.get(`kernel ${axis}`);
      },
      this.get("images") * this.get("groups") * this.get("groupIn") * this.get("groupOut"),
    );
  }

  private padded(axis: number): number {
    const { padding } = this;
    if (typeof padding === "string") return 0;
    return typeof padding === "number" ? 2 * padding : padding[axis]![0] + padding[axis]![1];
  }
}
