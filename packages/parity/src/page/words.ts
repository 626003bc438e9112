/**
 * A point in words: for the tooltip, and at length for the panel under the chart.
 *
 * @module
 */

import { escapeHtml, shellWord } from "../render/escape.ts";
import type { PageAnswer, PageData, PageNumber, PageQuestion } from "../render/page-data.ts";
import { exceptionOf, type Point } from "./points.ts";

/** The tooltip of a point, as HTML. */
export function tooltipOf(data: PageData, { question, algorithm }: Point, oracle: number): string {
  const { name, shape } = data.cases[question.case];
  const answer = question.algorithms.find(([by]) => by === algorithm)!;
  const exception = exceptionOf(question, algorithm, oracle);
  const lines = [
    `<b>${escapeHtml(data.algorithms[algorithm])}</b>, ${escapeHtml(question.pass)}, ${escapeHtml(data.kinds[question.kind])} values`,
    escapeHtml(name.includes(shape) ? name : `${name}: ${shape}`),
    escapeHtml(`${describeAnswer(answer)}, seed ${question.seed}`),
    ...(exception ? [`<b>${escapeHtml(verdictOf(exception[2], exception[4]))}</b>`] : []),
  ];
  return lines.join("<br>");
}

/** Everything about a question, as HTML. */
export function detailOf(data: PageData, { question, algorithm }: Point, oracle: number): string {
  const { name, shape } = data.cases[question.case];
  const exceptions = (question.exceptions ?? []).filter(([ours]) => ours === algorithm);
  const facts = [
    ["Case", name.includes(shape) ? name : `${name}: ${shape}`],
    ["Pass", question.pass],
    ["Values", `${data.kinds[question.kind]}, seed ${question.seed}`],
    ["Elements", question.elements.toLocaleString("en")],
    [
      "Verdict",
      exceptions.length === 0
        ? `${data.algorithms[algorithm]} and ${data.oracles[oracle]} agree`
        : exceptions
            .map(([, by, verdict, reason, expected]) => {
              return `${data.oracles[by]}: ${verdictOf(verdict, expected)}; ${reason}`;
            })
            .join("\n"),
    ],
  ];
  const items = facts.map(([term, text]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(text)}</dd>`).join("");
  const rows = [
    ...question.algorithms.map((answer) => rowOf(data.algorithms[answer[0]], answer, answer[0] === algorithm)),
    ...question.oracles.map((answer) => rowOf(data.oracles[answer[0]], answer, answer[0] === oracle)),
  ];
  return `<h3>${escapeHtml(`${data.algorithms[algorithm]} against ${data.oracles[oracle]}`)}</h3>
<dl class="facts">${items}</dl>
<p class="replay"><code>${escapeHtml(replayOf(data, question, algorithm))}</code><button type="button" data-copy>Copy</button></p>
<div class="scroll"><table><thead><tr><th>answered</th><th>held to</th><th class="number">error/bound</th><th class="number">ULP</th></tr></thead>
<tbody>${rows.join("")}</tbody></table></div>`;
}

function rowOf(name: string, [, ratio, ulp, rung]: PageAnswer, isChosen: boolean): string {
  const cells = [ratio === "threw" ? "threw" : numberOf(ratio), ratio === "threw" ? "–" : numberOf(ulp)];
  return `<tr${isChosen ? ' class="chosen"' : ""}><td>${escapeHtml(name)}</td><td>${escapeHtml(rung)}</td>${cells
    .map((text) => `<td class="number">${escapeHtml(text)}</td>`)
    .join("")}</tr>`;
}

function describeAnswer([, ratio, ulp, rung]: PageAnswer): string {
  if (ratio === "threw") return "it threw";
  if (rung === "exact by data") return ratio === 0 ? "equal to the truth" : "not equal to the truth";
  return `error/bound ${numberOf(ratio)} (${rung}), ${numberOf(ulp)} ULP`;
}

function verdictOf(verdict: string, expected: string): string {
  return expected === "" ? verdict : `${verdict}, as the ledger expects (${expected})`;
}

function numberOf(value: PageNumber): string {
  if (typeof value !== "number") return value;
  if (Number.isInteger(value)) return value.toLocaleString("en");
  return value < 0.001 ? value.toExponential(2) : value.toPrecision(3);
}

/** The command that asks the same again. */
function replayOf({ cases, algorithms, modules }: PageData, question: PageQuestion, algorithm: number): string {
  const { path, pathSeed, seed } = question;
  const own = /^corr2d\/(.+)$/.exec(algorithms[algorithm])?.[1];
  const where =
    path === undefined || pathSeed === undefined
      ? `--seed ${seed} --cases 0 --only ${shellWord(cases[question.case].name)}`
      : `--seed ${pathSeed} --path ${shellWord(path)}`;
  const module = modules?.[algorithm];
  if (module !== undefined) return `npx corr2d-parity check ${shellWord(module)} ${where}`;
  return `npx corr2d-parity ${where}${own === undefined ? "" : ` --algorithm ${shellWord(own)}`}`;
}
