/**
 * The edges of one photograph, and of the same photograph shifted: pictures and findings for the report.
 *
 * @module
 */

import type { Photograph } from "@corr2d/testkit/photographs";
import { encodePng, readGrey } from "../pictures/grey-picture.ts";
import { compareShifted, detectEdges, edgesAsInk, type Shift, type ShiftFinding, shiftPicture } from "./edges.ts";

/** What the report shows. Pictures are PNG. */
export interface EdgeShowcase {
  readonly description: string;
  readonly credit: string;
  readonly width: number;
  readonly height: number;
  readonly photograph: Uint8Array;
  readonly edges: Uint8Array;
  readonly edgesOfShifted: Uint8Array;
  readonly finding: ShiftFinding;
}

/** Far enough to be seen, by numbers that no tile or vector width divides. */
const SHIFT: Shift = { down: 37, right: 61 };

/** Computes it all. */
export async function showEdges({ url, description, credit, licence }: Photograph): Promise<EdgeShowcase> {
  const picture = await readGrey(url);
  const edges = detectEdges(picture);
  const edgesOfShifted = detectEdges(shiftPicture(picture, SHIFT));
  const [photograph, inked, inkedShifted] = await Promise.all(
    [picture, edgesAsInk(edges), edgesAsInk(edgesOfShifted)].map(encodePng),
  );
  return {
    description,
    credit: `${credit}, ${licence}`,
    height: picture.shape[0],
    width: picture.shape[1],
    photograph,
    edges: inked,
    edgesOfShifted: inkedShifted,
    finding: compareShifted(edges, edgesOfShifted, SHIFT),
  };
}
