/**
 * The section on what bounds the subject: for each kind of layer how close to the ceiling it comes, how the strongest of the others
 * does, and what is in the way. The figures are those of the report; the reasons come from profiles that were made of core.
 *
 * @module
 */

import { layerClassOf } from "../../suites/layer-class.ts";
import { isOurs } from "../../variant-names.ts";
import type { Section } from "../document.ts";
import { type LayerTotal, layerTotals, rivalsIn } from "../layer-totals.ts";
import { percent, range, times } from "../number-format.ts";
import type { BenchReport, CaseResult } from "../results.ts";
import { resultOf } from "./speed.ts";

/** A kind of layers that something bounds in common. */
interface Kind {
  readonly name: string;
  readonly holds: (found: CaseResult) => boolean;
  readonly bound: string;
}

const isOther = (found: CaseResult): boolean => layerClassOf(found) === "other kernels and strides";
const taps = ({ convCase: { filterShape } }: CaseResult): number => filterShape[0] * filterShape[1];
const isTransformed = ({ convCase: { filterShape, strides } }: CaseResult): boolean =>
  strides.every((stride) => stride <= 2) && filterShape.slice(0, 2).some((size) => size >= 4 && size <= 9);

const KINDS: readonly Kind[] = [
  {
    name: "3×3 stride 1",
    holds: (found) => layerClassOf(found) === "3×3 stride 1",
    bound:
      "Winograd's F(4×4, 3×3) leaves a quarter of the products, which are at the ceiling of 128-bit instructions; its transforms add 2 to " +
      "22 % of the time. On small maps of many channels (14² of 256, 7² of 512) few tiles use each weight, and there are four times as " +
      "many weights as without a transform: 38 MB for 512 × 512 have to be read for each picture, which takes longer than the products.",
  },
  {
    name: "1×1",
    holds: (found) => isOther(found) && taps(found) === 1,
    bound:
      "No transform saves a product here. A WebAssembly register holds 4 numbers, one of native code 8 or 16, and the share above is " +
      "of all the multiply-adds that 4 at a time allow; a tile of 6 × 8 results, which takes all 15 registers that there are, needs 8 loads for " +
      "12 of them. Beyond that only wider registers (corr2d/revectorized: 8 numbers) and more cores lead.",
  },
  {
    name: "4 to 9 taps along an axis",
    holds: (found) => isOther(found) && isTransformed(found),
    bound:
      "Transforms save products here as for 3×3, 1.4 to 6 times; with stride 2 the even and the odd inputs have one each. They end where their " +
      "error would pass 10⁻⁶ of the largest sum of |x||w|: larger tiles, F(4×4, 5×5) and F(4, 7), err by 1.1 to 1.4·10⁻⁶. Channels that are " +
      "no multiples of 4, as LeNet's, are computed directly, as 1×1 is.",
  },
  {
    name: "3×3 with stride 2, and others",
    holds: (found) => isOther(found) && taps(found) > 1 && !isTransformed(found),
    bound:
      "Every product is done, 4 numbers at a time, as for 1×1, where native code has 8 or 16. A transform for 3×3 of stride 2 saves 32 of 81 " +
      "products and is 0.9 to 1.2 times as fast as none: what it saves it needs for itself.",
  },
  {
    name: "depthwise",
    holds: (found) => layerClassOf(found) === "depthwise",
    bound:
      "A value that is read is used for nine products, in a dense layer for nine times as many as there are channels: memory is the bound, not " +
      "arithmetic, and so the share of the ceiling is small. Copying the picture into the memory of WebAssembly and the result out of it " +
      "is the larger part of it; plans over resident arrays, which hand it from layer to layer, do without.",
  },
  {
    name: "one channel",
    holds: (found) => layerClassOf(found) === "one channel",
    bound:
      "As depthwise, for small kernels. Large kernels of matrices are computed by a Fourier transform, whose time does not grow with the " +
      "kernel; a network's layer is computed directly at every size, its products at the ceiling less what shifting rows takes.",
  },
  {
    name: "gradients",
    holds: ({ pass }) => pass !== undefined && pass !== "forward",
    bound:
      "Transformed as the forward pass is. Stateless calls transform the weights, too: where maps are small, that is more than the rest.",
  },
];

/** A section, or none where the subject is not our SIMD engine, of which the reasons are, or no ceiling was measured. */
export function boundsSections(report: BenchReport): readonly Section[] {
  const { subject } = report.settings;
  const engine = report.variants.find(({ name }) => name === subject)?.engine;
  if (subject === null || !isOurs(subject) || engine !== "simd") return [];
  const items = KINDS.flatMap(({ name, holds, bound }) => {
    const members = report.cases.filter(holds);
    const shares = members.flatMap((found) => resultOf(found, subject)?.timing?.ceilingShare ?? []);
    if (shares.length === 0) return [];
    return [{ term: name, text: `${figures(report, subject, members, shares)} ${bound}` }];
  });
  const threads = report.cases.some(({ threaded }) => threaded.length > 0) ? [THREADS] : [];
  if (items.length === 0) return [];
  return [{ id: "bounds", heading: "What bounds it", blocks: [{ kind: "list", items: [...items, ...threads] }] }];
}

const THREADS = {
  term: "several threads",
  text:
    "What is copied between arrays of JavaScript and shared memory the calling thread copies alone. Cores share the memory, the last cache and, " +
    "where two are one core's, its arithmetic: how far below the number of threads native libraries stay in the table above says how much " +
    "of it is the machine's.",
};

/** What this report found out about a kind of layers, in a sentence. */
function figures(
  report: BenchReport,
  subject: string,
  members: readonly CaseResult[],
  shares: readonly number[],
): string {
  const [least, most] = [Math.min(...shares), Math.max(...shares)].map(percent);
  const share = least === most ? least : `${least} to ${most}`;
  const rivals = rivalsIn(report, members);
  const [strongest] = layerTotals(report, members, { rivals: rivals.filter((name) => !isOurs(name)) });
  const [wider] = layerTotals(report, members, { rivals: rivals.filter((name) => name.endsWith("/revectorized")) });
  const words = (total: LayerTotal): string => `${times(total.estimate)} (${range(total.low, total.high)})`;
  return [
    `${subject} is at ${share} of the ceiling`,
    ...(strongest === undefined
      ? []
      : [`${words(strongest)} as fast as ${strongest.rival}, the strongest of the others`]),
    ...(wider === undefined ? [] : [`${words(wider)} as fast as in registers of 256 bits`]),
  ]
    .join(", ")
    .concat(".");
}
