/**
 * The section of the edge pictures.
 *
 * @module
 */

import type { EdgeShowcase } from "../../showcase/edge-showcase.ts";
import type { Picture, Section } from "../document.ts";

/** Edges, and translation invariance shown on them. */
export function edgesSection(showcase: EdgeShowcase): Section {
  const { description, credit, finding } = showcase;
  const { down, right } = finding.shift;
  const count = (cells: number) => cells.toLocaleString("en");
  const verdict =
    finding.different === 0
      ? `In all ${count(finding.compared)} cells where both responses are defined by the same part of the picture they are equal, bit for bit.`
      : `Of ${count(finding.compared)} cells ${count(finding.different)} differ, by up to ${finding.largestDifference} grey levels.`;
  return {
    id: "edges",
    heading: "Edges, wherever they are",
    blocks: [
      {
        kind: "text",
        text:
          "A detector should answer the same wherever a thing is: that is translation invariance, one of the two principles " +
          "convolution is derived from. (The other is locality: whether there is an edge here is decided by the cells nearby.) " +
          "Below, corr2d applies Sobel's two 3×3 kernels to a photograph, and again to the photograph shifted " +
          `${down} cells down and ${right} to the right. The response shifts along. ${verdict}`,
      },
      { kind: "pictures", pictures: edgePictures(showcase, `The photograph: ${description} (${credit}).`) },
    ],
  };
}

/** The three pictures, as files and as figures. */
export function edgePictures({ photograph, edges, edgesOfShifted, finding }: EdgeShowcase, caption: string): Picture[] {
  const { down, right } = finding.shift;
  return [
    { png: photograph, file: "photograph.png", alt: "The grey photograph", caption },
    {
      png: edges,
      file: "edges.png",
      alt: "Dark lines along the edges of everything in the photograph",
      caption: "Its edges: the length of the gradient that corr2d finds with Sobel's kernels, dark where it is large.",
    },
    {
      png: edgesOfShifted,
      file: "edges-of-shifted.png",
      alt: "The same edges, further down and to the right",
      caption: `The edges of the photograph after it was shifted by (${down}, ${right}): the same, shifted.`,
    },
  ];
}
