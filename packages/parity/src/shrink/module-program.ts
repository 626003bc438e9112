/**
 * A problem as a program that calls the implementation that fails: one file, to be run beside it and pasted into an issue. It
 * needs nothing but the implementation, prints every element that is wrong by its place, and ends with 1 as long as one is.
 *
 * @module
 */

import { basename, relative, resolve } from "node:path";
import { cwd } from "node:process";
import type { CaseData, CasePass, SpatialCase } from "@corr2d/testkit";
import type { ConvAdapter } from "../adapter.ts";
import { evidenceFor, evidenceOf } from "../ask.ts";
import { withGeometry } from "../check/module-adapter.ts";
import { negated, turned } from "../interrogate.ts";
import { MAGNIFICATION } from "../precision/float64.ts";
import { preciseReference } from "../precision/reference.ts";
import { widened } from "../precision/widened.ts";
import { printable } from "../render/escape.ts";
import { shapeInMemory } from "../result-shape.ts";

/** What the program is about. */
export interface ModuleProgramParts {
  readonly adapter: ConvAdapter;
  /** File of the implementation. */
  readonly module: string;
  readonly convCase: SpatialCase;
  readonly pass: CasePass;
  readonly data: CaseData;
  readonly isExact: boolean;
  readonly reason: string;
  /** Whether it fails only when it is asked again, or beside others. */
  readonly byMemory: boolean;
}

/** Which layer is asked in turn, in which memory and where in it: the first, again, in company, and where memory is shared. */
const ALONE = [[0, "ArrayBuffer", 0]];
const IN_COMPANY = [0, 0, 1, 0, 2, 0, 1, 2, 0, 0].map((layer) => [layer, "ArrayBuffer", 0]);
/** Every array at every part of a vector's length. */
const ELSEWHERE = [1, 2, 3].map((place) => [0, "ArrayBuffer", place]);
const SHARED = [[0, "SharedArrayBuffer", 0]];

/** The text of the program, an ES module. */
export function moduleProgram(parts: ModuleProgramParts): string {
  const { adapter, module, convCase, pass, data, isExact, reason, byMemory } = parts;
  const path = relative(cwd(), resolve(module)).replaceAll("\\", "/");
  const specifier = path.startsWith(".") ? path : `./${path}`;
  const layers = byMemory ? [data, negated(data), turned(data)] : [data];
  const isFloat64 = adapter.computesIn === "float64";
  const type = isFloat64 ? "Float64Array" : "Float32Array";
  const texts = layers.map((values) => {
    const evidence = evidenceOf(convCase, pass, values, isExact);
    const held = evidenceFor(adapter, convCase, { pass, data: values, evidence });
    const asked = isFloat64 ? widened(values) : values;
    const truth = isFloat64 ? preciseReference(convCase, pass, widened(values)).high : held.truth;
    const bounds = isFloat64 && held.bounds !== 0 ? held.bounds.map((bound) => bound / MAGNIFICATION) : held.bounds;
    const arrays = Object.entries(asked).map(([name, array]) => `${name}: ${array && arrayText(array, type)}`);
    const bound = bounds === 0 ? `new Float64Array(${truth.length})` : arrayText(bounds, "Float64Array");
    return `{ ${arrays.join(", ")},\n    right: ${arrayText(truth, "Float64Array")}, bound: ${bound} }`;
  });
  const isShared = byMemory && adapter.sharedMemory !== false;
  const turns = [...(byMemory ? [...IN_COMPANY, ...ELSEWHERE] : ALONE), ...(isShared ? SHARED : [])];
  const { name: _, ...about } = withGeometry(convCase);
  const call = adapter.keepsNothing
    ? `const implementation = "forward" in module ? module : module.default;
const arraysIn = {}; // one caller's: other layers are written to the same
const ask = async (layer, memory, place) => {
  const arrays = (arraysIn[memory + place] ??= inLargerArrays(layers[0], memory, place));
  for (const name of NAMES) if (arrays[name]) arrays[name].set(layer[name]);
  return implementation.${pass}(convCase, arrays);
};`
    : `const preparedIn = {};
const ask = async (layer, memory, place) => {
  const prepared = (preparedIn[memory + place] ??= new Map());
  if (!prepared.has(layer)) prepared.set(layer, await module.default.prepare(convCase, "${pass}", inLargerArrays(layer, memory, place)));
  await prepared.get(layer).run();
  return prepared.get(layer).read();
};`;
  return `// ${printable(reason)}
// Run it where ${printable(specifier)} lies: node failure.mjs (Node 22 or later)
import * as module from ${JSON.stringify(specifier)};

const NAMES = ["x", "filter", "bias", "dy"];
const convCase = ${JSON.stringify({ name: convCase.name, ...about })};
const layers = [
  ${texts.join(",\n  ")},
];
const shape = ${JSON.stringify(shapeInMemory(convCase, pass))}; // of the result

// Arrays are parts of larger ones, as in programs that keep many in one buffer.
const inLargerArrays = (layer, memory, place) =>
  Object.fromEntries(NAMES.map((name, i) => {
    if (!layer[name]) return [name, undefined];
    const margin = [3, 1, 2, 4][(i + place) % 4];
    const larger = new ${type}(new globalThis[memory](${isFloat64 ? 8 : 4} * (layer[name].length + 2 * margin))).fill(NaN);
    larger.set(layer[name], margin);
    return [name, larger.subarray(margin, -margin)];
  }));
const placeOf = (i) => shape.map((size, axis) => Math.floor(i / shape.slice(axis + 1).reduce((a, b) => a * b, 1)) % size);
${call}
let wrong = 0;
for (const [turn, [which, memory, place]] of ${JSON.stringify(turns)}.entries()) {
  const layer = layers[which];
  const got = await ask(layer, memory, place);
  if (got.length !== layer.right.length) console.log(\`\${got.length} elements, but \${layer.right.length} are right\`, ++wrong);
  layer.right.forEach((right, i) => {
    if (Math.abs(got[i] - right) <= layer.bound[i] || Object.is(got[i], ${isFloat64 ? "right" : "Math.fround(right)"})) return;
    if (++wrong <= 20) console.log(\`call \${turn + 1}, layer \${which}, ${pass} at [\${placeOf(i)}]: got \${got[i]}, right \${right}, bound \${layer.bound[i]}\`);
  });
}
console.log(wrong > 0 ? \`\${wrong} elements are wrong\` : "all is right");
process.exitCode = wrong > 0 ? 1 : 0;
`;
}

/** A typed array in few words. */
function arrayText(array: Float32Array | Float64Array, type: string): string {
  const values = Array.from(array, (value) => (Object.is(value, -0) ? "-0" : String(value)));
  const [first = "0"] = values;
  if (values.every((value) => value === first)) {
    return `new ${type}(${values.length})${first === "0" ? "" : `.fill(${first})`}`;
  }
  return `${type}.of(${values.join(", ")})`;
}

/** What the program's file may be called. */
export function programName(module: string): string {
  return `${basename(module).replace(/\.[^.]*$/, "")}-failure.mjs`;
}
