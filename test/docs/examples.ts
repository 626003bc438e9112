/**
 * Finds the examples in Markdown files and docstrings and turns them into modules that check what they claim.
 *
 * A statement followed on its last line by one of these comments is a claim:
 *
 *     expression; // → value           equals the value; typed arrays are written as arrays
 *     expression; // ≈ value           equals it to the digits shown
 *     expression; // throws text       throws an error whose name and message are the text
 *     const name = expression; // → … claims it of `name`
 *
 * @module
 */

import { parseAst } from "vitest/node";

/** A block of TypeScript in a document. */
export interface Example {
  /** Path of the document, relative to the workspace. */
  readonly path: string;
  /** Line of the document on which the code begins, from 1. */
  readonly line: number;
  readonly code: string;
}

/** The blocks fenced as `ts` in a Markdown file. */
export function markdownExamples(path: string, text: string): Example[] {
  return fencedBlocks(path, text.split("\n"));
}

/** The blocks fenced as `ts` in the docstrings of a TypeScript file. */
export function docstringExamples(path: string, text: string): Example[] {
  return fencedBlocks(
    path,
    text.split("\n").map((line) => /^\s*\* ?(.*)$/.exec(line)?.[1] ?? ""),
  );
}

function fencedBlocks(path: string, lines: readonly string[]): Example[] {
  const examples: Example[] = [];
  let start: number | undefined;
  lines.forEach((line, i) => {
    if (start === undefined) {
      if (/^\s*```ts\b/.test(line)) start = i + 1;
    } else if (/^\s*```\s*$/.test(line)) {
      examples.push({ path, line: start + 1, code: `${lines.slice(start, i).join("\n")}\n` });
      start = undefined;
    }
  });
  if (start !== undefined) throw new Error(`${path}:${start}: the code fence is never closed`);
  return examples;
}

const CLAIM = /\/\/ (→|≈|throws) (.+)/g;
const CLAIM_AFTER_STATEMENT = /^ *\/\/ (→|≈|throws) (.+)/;

/**
 * The example as a module whose claims are calls of `equals`, `approximates` and `throws` of `assertions`.
 *
 * @param assertions module specifier of assertions.ts.
 * @throws Error if a claim does not follow a statement that has a value: it would never be checked.
 */
export function checkedModule({ path, line, code }: Example, assertions: string): string {
  let result = "";
  let copied = 0;
  let claims = 0;
  for (const statement of parseAst(code, { lang: "ts" }).body) {
    const claim = CLAIM_AFTER_STATEMENT.exec(code.slice(statement.end));
    if (claim === null) continue;
    const [, kind, expected] = claim as unknown as [string, "→" | "≈" | "throws", string];
    let subject: string;
    if (statement.type === "ExpressionStatement") {
      subject = code.slice(statement.expression.start, statement.expression.end);
      result += code.slice(copied, statement.start);
      copied = statement.end;
    } else if (statement.type === "VariableDeclaration" && kind !== "throws") {
      const { id } = statement.declarations.at(-1)!;
      subject = code.slice(id.start, id.end).replace(/:.*/s, "");
      result += code.slice(copied, statement.end);
      copied = statement.end;
    } else continue;
    claims++;
    if (kind === "→") result += ` equals(${subject}, ${expected});`;
    else if (kind === "≈") result += ` approximates(${subject}, ${JSON.stringify(expected)});`;
    else result += ` await throws(async () => ${subject}, ${JSON.stringify(expected)});`;
  }
  const written = [...code.matchAll(CLAIM)].length;
  if (written !== claims) {
    throw new Error(`${path}:${line}: ${written - claims} of ${written} claims do not follow a statement with a value`);
  }
  return `import { approximates, equals, throws } from ${JSON.stringify(assertions)};\n${result}${code.slice(copied)}`;
}
