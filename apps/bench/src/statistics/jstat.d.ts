/** What of jStat is used here; the package brings no types. */
declare module "jstat" {
  const jstat: {
    readonly studentt: {
      /** P(T ≤ t) with so many degrees of freedom. */
      readonly cdf: (t: number, degreesOfFreedom: number) => number;
      /** The t below which a share of the distribution lies. */
      readonly inv: (share: number, degreesOfFreedom: number) => number;
    };
  };
  export default jstat;
}
