/**
 * What the charts show, as plain data. How they look is `charts/`' affair.
 *
 * @module
 */

/** One chart. */
export type Chart = RatioChart | GrowthChart;

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
  /** Differences up to this factor are noise. */
  readonly noiseFloor: number;
  readonly series: readonly {
    readonly variant: string;
    /** By case; null where there is none. */
    readonly points: readonly ({ readonly estimate: number; readonly low: number; readonly high: number } | null)[];
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
