/**
 * The formula of the size, filled in, as MathML.
 *
 * @module
 */

import type { Setting } from "../../engine/arithmetic.ts";

const symbol = (name: string): string => `<mi>${name}</mi>`;
const number = (value: number): string => `<mn>${value}</mn>`;
const sign = (text: string): string => `<mo>${text}</mo>`;
const row = (...parts: string[]): string => `<mrow>${parts.join("")}</mrow>`;

/** `o = ⌊…⌋ + 1 = ⌊… in numbers …⌋ + 1 = size`, without the size if there is none. */
export function filledFormula(setting: Setting, size: number | undefined): string {
  const { input, kernel, stride, padding, dilation, outputPadding } = setting;
  const body = setting.transposed ? transposedSize : directSize;
  const symbols = body(symbol("n"), symbol("k"), symbol("s"), symbol("p"), symbol("d"), symbol("q"));
  const numbers = body(...[input, kernel, stride, padding, dilation, outputPadding].map(number));
  const result = size === undefined ? "" : `${sign("=")}<mn class="size">${size}</mn>`;
  const lines = [row(symbol("o"), sign("="), symbols), row(sign("="), numbers, result)];
  const cells = lines.map((line) => `<mtr><mtd>${line}</mtd></mtr>`);
  return `<math display="block"><mtable columnalign="left">${cells.join("")}</mtable></math>`;
}

/** ⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1 */
function directSize(...[n, k, s, p, d]: string[]): string {
  const reach = `${d}${sign("·")}${row(sign("("), k!, sign("−"), number(1), sign(")"))}`;
  const over = row(n!, sign("+"), number(2), sign("·"), p!, sign("−"), reach, sign("−"), number(1));
  return `${row(sign("⌊"), `<mfrac>${over}${row(s!)}</mfrac>`, sign("⌋"))}${sign("+")}${number(1)}`;
}

/** (n − 1) · s + d(k − 1) + 1 − 2p + q */
function transposedSize(...[n, k, s, p, d, q]: string[]): string {
  const less = (value: string): string => row(sign("("), value, sign("−"), number(1), sign(")"));
  return [
    less(n!),
    sign("·"),
    s,
    sign("+"),
    d,
    sign("·"),
    less(k!),
    sign("+"),
    number(1),
    sign("−"),
    number(2),
    sign("·"),
    p,
    sign("+"),
    q,
  ].join("");
}
