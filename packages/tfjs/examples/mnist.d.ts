/** The part of the package mnist that is used; it has no types of its own. */
declare module "mnist" {
  interface Digit {
    /** Pixels from 0 to 1 of all pictures of this digit, 28 × 28 each, one after the other. */
    readonly raw: readonly number[];
  }

  const mnist: readonly Digit[];
  export default mnist;
}
