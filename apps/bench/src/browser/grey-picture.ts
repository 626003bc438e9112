/**
 * Photographs of the suite `images`, which a page does not offer: decoders of browsers change grey levels.
 *
 * @module
 */

/** @throws Error always. */
export async function readGrey(_picture: URL): Promise<{ readonly data: Float32Array }> {
  throw new Error("a page reads no photographs");
}
