/**
 * What the charts show, as plain data. How they look is `charts/`' affair.
 *
 * @module
 */

import type { Interval } from "../statistics/ratio.ts";

/** One chart. */
export type Chart = RatioChart | GrowthChart | ScalingChart | TrendChart;

interface Titled {
  /** Short and of its own: the name of its file, and its place in the page. */
  readonly id: string;
  readonly title: string;
  /** What to look for, in a sentence; read aloud in place of the picture. */
  readonly caption: string;
}

/** For each case and peer, how many times faster the subject is: a dot, its interval, a logarithmic axis. */
export interface RatioChart extends Titled {
  readonly kind: "ratio";
  readonly subject: string;
  /** The class of its layers, by which a reader may choose; null where they are of several. */
  readonly group: string | null;
  readonly cases: readonly string[];
  /** Rows of {@link PageRatios} that they are, where a reader may choose another baseline. */
  readonly rows: readonly string[];
  /** Differences up to this factor are noise. */
  readonly noiseFloor: number;
  readonly series: readonly {
    readonly variant: string;
    /** By case; null where there is none. */
    readonly points: readonly (Interval | null)[];
  }[];
}

/** For each variant, time against size, both axes logarithmic. */
export interface GrowthChart extends Titled {
  readonly kind: "growth";
  readonly sizeLabel: string;
  readonly series: readonly {
    readonly variant: string;
    readonly points: readonly { readonly size: number; readonly ms: number }[];
  }[];
}

/** For each variant, how many times as fast it is on several threads as on one, with intervals; both axes logarithmic. */
export interface ScalingChart extends Titled {
  readonly kind: "scaling";
  readonly series: readonly {
    readonly variant: string;
    /** The first is one thread beside itself. */
    readonly points: readonly ({ readonly threads: number } & Interval)[];
  }[];
}

/** For each rival, how many times as fast the subject was at each commit on one machine; the axis is logarithmic. */
export interface TrendChart extends Titled {
  readonly kind: "trend";
  /** The oldest first. */
  readonly commits: readonly { readonly commit: string; readonly date: string; readonly href: string }[];
  readonly series: readonly {
    readonly variant: string;
    /** By commit; null where there is none. */
    readonly points: readonly (Interval | null)[];
  }[];
}
