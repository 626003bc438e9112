/**
 * The mutants of a source file: one small mistake each, such as `<` for `<=`, `i` for `i + 1`, a statement that is missing.
 * Types, imports, the texts of errors and anything else that is for people are left alone.
 *
 * @module
 */

import ts from "typescript-6.0";
import { hashOf } from "./hash.ts";

/** A text with one mistake in it, and how to make it. */
export interface Mutant {
  /** Path from the root of the workspace, with slashes. */
  readonly file: string;
  /** The first line it changes, counted from 1. */
  readonly line: number;
  /** What is replaced: characters from `start` to before `end`. */
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  readonly operator: Operator;
  /** The names of the functions around it, the innermost first, as the engine calls them. */
  readonly functions: readonly string[];
  /** The lines it touches, as one line of text, before and after. With `file` they name the mutant, wherever it moves. */
  readonly before: string;
  readonly after: string;
}

export type Operator =
  | "arithmetic"
  | "comparison"
  | "boundary"
  | "logic"
  | "condition"
  | "number"
  | "boolean"
  | "sign"
  | "function"
  | "removal";

/** What takes the place of a binary operator, by the kind of mistake it is. */
const BINARY: Readonly<Record<string, readonly (readonly [Operator, string])[]>> = {
  "+": [["arithmetic", "-"]],
  "-": [["arithmetic", "+"]],
  "*": [["arithmetic", "/"]],
  "/": [["arithmetic", "*"]],
  "%": [["arithmetic", "*"]],
  "**": [["arithmetic", "*"]],
  "<<": [["arithmetic", ">>"]],
  ">>": [["arithmetic", "<<"]],
  ">>>": [["arithmetic", "<<"]],
  "&": [["arithmetic", "|"]],
  "|": [["arithmetic", "&"]],
  "^": [["arithmetic", "&"]],
  "+=": [["arithmetic", "-="]],
  "-=": [["arithmetic", "+="]],
  "*=": [["arithmetic", "/="]],
  "/=": [["arithmetic", "*="]],
  "<": [
    ["boundary", "<="],
    ["comparison", ">="],
  ],
  "<=": [
    ["boundary", "<"],
    ["comparison", ">"],
  ],
  ">": [
    ["boundary", ">="],
    ["comparison", "<="],
  ],
  ">=": [
    ["boundary", ">"],
    ["comparison", "<"],
  ],
  "===": [["comparison", "!=="]],
  "!==": [["comparison", "==="]],
  "&&": [["logic", "||"]],
  "||": [["logic", "&&"]],
  "??": [["logic", "&&"]],
};

/** Functions that are taken for one another. */
const TWINS: Readonly<Record<string, string>> = {
  "Math.min": "Math.max",
  "Math.max": "Math.min",
  "Math.floor": "Math.ceil",
  "Math.ceil": "Math.floor",
  "Math.round": "Math.floor",
  "Math.trunc": "Math.ceil",
  every: "some",
  some: "every",
};

/** What takes the place of a step. */
const STEPS: Readonly<Partial<Record<ts.SyntaxKind, string>>> = {
  [ts.SyntaxKind.PlusPlusToken]: "--",
  [ts.SyntaxKind.MinusMinusToken]: "++",
};

/** All mutants of the text of a file, in the order of the text; of those with one name, the first. */
export function mutantsOf(file: string, text: string): Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const mutants = new Map<string, Mutant>();

  const add = (operator: Operator, node: ts.Node, replacement: string): void => {
    const [start, end] = [node.getStart(), node.end];
    const first = text.lastIndexOf("\n", start - 1) + 1;
    const newline = text.indexOf("\n", end);
    const last = newline < 0 ? text.length : newline;
    const before = oneLine(text.slice(first, last));
    const after = oneLine(text.slice(first, start) + replacement + text.slice(end, last));
    const line = source.getLineAndCharacterOfPosition(start).line + 1;
    const mutant = { file, line, start, end, replacement, operator, functions: functionsAround(node), before, after };
    const name = nameOf(mutant);
    if (!mutants.has(name)) mutants.set(name, mutant);
  };
  const visit = (node: ts.Node): void => {
    if (isForPeople(node)) return;
    for (const [operator, part, replacement] of mistakes(node)) add(operator, part, replacement);
    // An error is thrown or not; what it says is for people. A loop that steps the other way is no mistake to be missed.
    if (ts.isThrowStatement(node)) return;
    ts.forEachChild(node, (child) => {
      if (!ts.isForStatement(node) || child !== node.incrementor) visit(child);
    });
  };
  visit(source);
  return [...mutants.values()];
}

/** The mistakes that can be made at a node: their kind, what is replaced, and by what. */
function mistakes(node: ts.Node): (readonly [Operator, ts.Node, string])[] {
  if (ts.isBinaryExpression(node)) {
    const { operatorToken, left, right } = node;
    if (operatorToken.kind === ts.SyntaxKind.PlusToken && (isText(left) || isText(right))) return [];
    const swaps = BINARY[operatorToken.getText()] ?? [];
    return swaps.map(([operator, replacement]) => [operator, operatorToken, replacement]);
  }
  if (ts.isConditionalExpression(node)) {
    const [condition, then, otherwise] = [node.condition, node.whenTrue, node.whenFalse].map((part) => part.getText());
    return [["condition", node, `${condition} ? ${otherwise} : ${then}`]];
  }
  if (ts.isIfStatement(node)) {
    const { expression } = node;
    return isNegatedElsewhere(expression) ? [] : [["condition", expression, `!(${expression.getText()})`]];
  }
  if (ts.isNumericLiteral(node)) return isName(node) ? [] : [["number", node, otherNumber(Number(node.text))]];
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [["boolean", node, "false"]];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [["boolean", node, "true"]];
  if (ts.isPrefixUnaryExpression(node)) {
    if (STEPS[node.operator] !== undefined) return [];
    const operator = node.operator === ts.SyntaxKind.ExclamationToken ? "condition" : "sign";
    return [[operator, node, node.operand.getText()]];
  }
  if (ts.isPostfixUnaryExpression(node)) return [["arithmetic", node, node.operand.getText() + STEPS[node.operator]]];
  if (ts.isCallExpression(node)) {
    const { expression: callee } = node;
    const name = ts.isPropertyAccessExpression(callee) ? callee.name : callee;
    const named = [callee, name].find((part) => Object.hasOwn(TWINS, part.getText()));
    return named === undefined ? [] : [["function", named, TWINS[named.getText()]!]];
  }
  const canBeMissing =
    (ts.isExpressionStatement(node) && !isDemanded(node)) ||
    (ts.isReturnStatement(node) && node.expression === undefined) ||
    ts.isContinueStatement(node) ||
    ts.isThrowStatement(node);
  return canBeMissing ? [["removal", node, ";"]] : [];
}

/** The text of the file with the mistake. */
export function mutate(text: string, { start, end, replacement }: Mutant): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

/** What names a mutant, wherever in its file it stands. */
export function nameOf({ file, before, after }: Mutant): string {
  return `${file}: ${before} → ${after}`;
}

/**
 * `count` of the mutants: a few of each folder, the rest in proportion to how many a folder has. Which they are follows from
 * the seed and the mutants' names alone, so that a change of one file hardly changes what is drawn of another.
 */
export function draw(mutants: readonly Mutant[], count: number, seed: number, fewest = 3): Mutant[] {
  const rank = new Map(mutants.map((mutant) => [mutant, hashOf(`${seed} ${nameOf(mutant)}`)]));
  const byRank = (a: Mutant, b: Mutant): number => (rank.get(a)! < rank.get(b)! ? -1 : 1);
  const ranked = mutants.toSorted(byRank);
  const drawn = new Set<Mutant>();
  const ofFolder = new Map<string, number>();
  for (const one of ranked) {
    const already = ofFolder.get(folderOf(one)) ?? 0;
    if (already < fewest) drawn.add(one);
    ofFolder.set(folderOf(one), already + 1);
  }
  for (const one of ranked) if (drawn.size < count) drawn.add(one);
  return [...drawn].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** The folder a mutant's file lies in. */
export function folderOf({ file }: Mutant): string {
  return file.slice(0, file.lastIndexOf("/"));
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function otherNumber(value: number): string {
  return String(Number.isInteger(value) ? value + 1 : value * 2);
}

function isText(node: ts.Expression): boolean {
  if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) return true;
  return ts.isBinaryExpression(node) && (isText(node.left) || isText(node.right));
}

/** The names that V8 gives to the functions around a node, the innermost first. */
function functionsAround(node: ts.Node): string[] {
  const names: string[] = [];
  for (let { parent } = node; parent !== undefined; { parent } = parent) {
    if (!ts.isFunctionLike(parent)) continue;
    const owner = parent.parent;
    const named = ts.isConstructorDeclaration(parent) || parent.name === undefined ? owner : parent;
    const { name } = named as { readonly name?: ts.Node };
    if (name !== undefined) names.push((ts.isGetAccessor(parent) ? "get " : "") + name.getText());
  }
  return names;
}

/** Whether one of the mistakes at the expression itself is its opposite. */
function isNegatedElsewhere(node: ts.Expression): boolean {
  if (ts.isPrefixUnaryExpression(node)) return node.operator === ts.SyntaxKind.ExclamationToken;
  if (!ts.isBinaryExpression(node)) return false;
  return (BINARY[node.operatorToken.getText()] ?? []).some(([operator]) => operator === "comparison");
}

/** Whether a number is the name of a property. */
function isName(node: ts.NumericLiteral): boolean {
  return ts.isPropertyAssignment(node.parent) && node.parent.name === node;
}

/** Types, imports, and texts that are put together. */
function isForPeople(node: ts.Node): boolean {
  return (
    ts.isTypeNode(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node) ||
    ts.isTemplateExpression(node)
  );
}

/** Whether the language or the linter demands the statement: a call of `super`, a directive. */
function isDemanded({ expression }: ts.ExpressionStatement): boolean {
  return (
    ts.isStringLiteral(expression) ||
    (ts.isCallExpression(expression) && expression.expression.kind === ts.SyntaxKind.SuperKeyword)
  );
}
