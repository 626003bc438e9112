/**
 * Photographs of the suite `images`: decoders of browsers change grey levels, so the page is given the levels themselves, which
 * `build-browser.ts` has decoded.
 *
 * @module
 */

/** The grey levels of a photograph of the tests. @throws Error if it does not lie beside the page. */
export async function readGrey(picture: URL): Promise<{ readonly data: Float32Array }> {
  const levels = new URL(`pictures/${greyLevelsOf(picture)}`, import.meta.url);
  const response = await fetch(levels);
  if (!response.ok) throw new Error(`${levels} is not here: ${response.status}`);
  return { data: Float32Array.from(new Uint8Array(await response.arrayBuffer())) };
}

/** What the file of a photograph's grey levels is called. */
export function greyLevelsOf({ pathname }: URL): string {
  return pathname.slice(pathname.lastIndexOf("/") + 1).replace(/\.png$/, ".grey");
}
