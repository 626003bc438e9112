/**
 * What the charts show, as plain data that travels inside the page. How they look is the client's affair.
 *
 * @module
 */

/** One chart. */
export type Chart = RatioChart | SpeedChart | GrowthChart;

interface Titled {
  readonly title: string;
  /** What to look for, in a sentence; read aloud in place of the picture. */
  readonly caption: string;
}

/** For each case and peer, how many times faster the subject is: a dot, its interval, a logarithmic axis. */
export interface RatioChart extends Titled {
  readonly kind: "ratio";
  readonly subject: string;
  readonly cases: readonly string[];
  /** Differences up to this factor are noise. */
  readonly noiseFloor: number;
  readonly series: readonly {
    readonly variant: string;
    /** By case; null where there is none. */
    readonly points: readonly ({ readonly estimate: number; readonly low: number; readonly high: number } | null)[];
  }[];
}

/** For each case and variant, GFLOP/s. */
export interface SpeedChart extends Titled {
  readonly kind: "speed";
  readonly cases: readonly string[];
  readonly ceilings: readonly { readonly name: string; readonly gflops: number }[];
  readonly series: readonly { readonly variant: string; readonly gflops: readonly (number | null)[] }[];
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
