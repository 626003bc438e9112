/**
 * The API reference: what TypeDoc makes of the docstrings of the packages, the READMEs and the pages of docs/, as a folder
 * of HTML that opens from disk. Whatever TypeDoc warns of (an export without a docstring, a type that is not exported but
 * needed, a link to nowhere) is a problem, and so is a link between the finished pages that leads nowhere.
 *
 * @module
 */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import temml from "temml";
import {
  Application,
  type CommentDisplayPart,
  Logger,
  LogLevel,
  type ProjectReflection,
  type Reflection,
  ReflectionKind,
} from "typedoc";
import { brokenLinks } from "./links.ts";

const ROOT: string = fileURLToPath(new URL("../../..", import.meta.url));

/** Packages with an API, in the order of the navigation. */
export const PACKAGES: readonly string[] = ["core", "tfjs", "parity", "testkit"];

/** Pages beside the API. */
const PAGES: readonly string[] = [
  "docs/derivation.md",
  "docs/derivation.zh.md",
  "docs/features.md",
  "apps/bench/README.md",
  "CONTRIBUTING.md",
];

/** What must have a docstring. Properties and parameters need none where their name says it all. */
const DOCUMENTED = ["Module", "Variable", "Function", "Class", "Interface", "TypeAlias", "Method", "Accessor"] as const;

/** What {@link buildReference} is told. */
export interface ReferenceOptions {
  /** Folder for the pages, made anew. */
  readonly out: string;
  /** Where the sources can be read, with `{path}` and `{line}`. Without, declarations do not link to them. */
  readonly sources?: string | undefined;
  /** Folders of packages. Default: those of the workspace, with the pages beside them. */
  readonly packages?: readonly string[];
}

/** Builds the reference and gives what is wrong with it, in words; nothing if all is well. */
export async function buildReference({ out, sources, packages }: ReferenceOptions): Promise<readonly string[]> {
  const shared = {
    basePath: ROOT,
    disableGit: true,
    ...(sources === undefined ? { disableSources: true } : { sourceLinkTemplate: sources }),
    validation: { notExported: true, invalidLink: true, rewrittenLink: true, notDocumented: true },
    requiredToBeDocumented: [...DOCUMENTED],
  };
  const app = await Application.bootstrap({
    ...shared,
    name: "corr2d",
    entryPointStrategy: "packages",
    entryPoints: [...(packages ?? PACKAGES.map((name) => join(ROOT, "packages", name)))],
    packageOptions: {
      ...shared,
      tsconfig: "tsconfig.build.json",
      entryPoints: ["src/index.ts"],
      excludeInternal: true,
      excludePrivate: true,
      excludeExternals: true,
    },
    ...(packages === undefined && {
      readme: join(ROOT, "README.md"),
      projectDocuments: PAGES.map((page) => join(ROOT, page)),
    }),
    highlightLanguages: ["typescript", "javascript", "shell", "json", "yaml", "html"],
    customCss: fileURLToPath(new URL("reference.css", import.meta.url)),
    sortEntryPoints: false,
    navigation: { includeGroups: true },
    searchInComments: true,
    searchInDocuments: true,
  });
  const log = new ProblemLog();
  app.logger = log;
  app.on(Application.EVENT_PROJECT_REVIVE, (project) => {
    adaptPages(project);
    if (sources !== undefined) linkSources(project, sources);
  });
  const project = await app.convert();
  if (project === undefined) return log.problems;
  app.validate(project);
  await mkdir(out, { recursive: true });
  await app.generateDocs(project, out);
  return [...log.problems, ...(await brokenLinks(out))];
}

/** Keeps warnings and errors. */
class ProblemLog extends Logger {
  readonly problems: string[] = [];

  override log(message: string, level: LogLevel): void {
    super.log(message, level);
    if (level >= LogLevel.Warn) this.problems.push(message);
  }
}

/** TypeDoc takes paths from the folder that all sources of a package have in common; here they begin at the root. */
function linkSources(project: ProjectReflection, template: string): void {
  for (const reflection of Object.values(project.reflections)) {
    if (!reflection.isDeclaration() && !reflection.isSignature()) continue;
    for (const source of reflection.sources ?? []) {
      source.url = template.replace("{path}", source.fileName).replace("{line}", `${source.line}`);
    }
  }
}

/** Gives entry points and pages the names that readers know, and makes links into the repository links into the reference. */
function adaptPages(project: ProjectReflection): void {
  for (const entry of project.getReflectionsByKind(ReflectionKind.Module)) {
    // The path of its folder, and of its file unless that is index.ts.
    const [, file] = /^packages\/\w+\/src(?:\/(?:.*\/)?([\w-]+))?$/.exec(entry.name) ?? [];
    if (!entry.name.startsWith("@")) entry.name = file ?? "index";
  }
  for (const page of project.getReflectionsByKind(ReflectionKind.Document)) {
    if (!page.isDocument()) continue;
    page.name = /^# (.*)/.exec(page.content[0]?.text ?? "")?.[1] ?? page.name;
    page.content = namesAsLinks(project, linkedToReference(project, withFormulas(page.content)));
  }
  for (const { readme } of [project, ...(project.children ?? [])]) {
    if (readme !== undefined) readme.splice(0, readme.length, ...linkedToReference(project, readme));
  }
}

/**
 * A name of the API is, in the pages, a link to where it is defined, so that it leads somewhere where the repository is
 * browsed: `[corr2d](../packages/core/src/corr2d.ts#corr2d)`. Here it leads to the reference of that name, and a link to
 * the README of a package to its page.
 */
function linkedToReference(project: ProjectReflection, parts: readonly CommentDisplayPart[]): CommentDisplayPart[] {
  const result: CommentDisplayPart[] = [];
  /** How many characters of the next part close the link before it. */
  let closing = 0;
  for (const part of parts) {
    const target = part.kind === "relative-link" ? described(project, part.text) : undefined;
    if (target === undefined) {
      result.push({ ...part, text: part.text.slice(closing) } as CommentDisplayPart);
      closing = 0;
      continue;
    }
    // What stands before it: `[text](`, or in three parts `[`, a code span and `](`.
    const before = result.pop()!.text;
    const isCode = before === "](";
    const label = isCode ? result.pop()!.text : before;
    const opening = isCode ? result.pop()!.text : before;
    result.push({ kind: "text", text: opening.slice(0, opening.lastIndexOf("[")) });
    const text = isCode ? label.replaceAll("`", "") : label.slice(label.lastIndexOf("[") + 1, -2);
    result.push({ kind: "inline-tag", tag: isCode ? "@linkcode" : "@link", text, target });
    closing = 1;
  }
  return result;
}

/** Formulas between `$$`, which GitHub sets, as MathML. TypeDoc cuts text at braces: it is joined again. */
function withFormulas(parts: readonly CommentDisplayPart[]): CommentDisplayPart[] {
  const joined: CommentDisplayPart[] = [];
  for (const part of parts) {
    const before = joined.at(-1);
    if (part.kind === "text" && before?.kind === "text") before.text += part.text;
    else joined.push({ ...part });
  }
  const markup = (_: string, tex: string): string =>
    temml.renderToString(tex.trim(), { displayMode: true, throwOnError: true });
  for (const part of joined) {
    if (part.kind === "text") part.text = part.text.replaceAll(/\$\$(.+?)\$\$/gs, markup);
  }
  return joined;
}

/** A code span that is an exported name leads to its description, unless it stands in a link already. */
function namesAsLinks(project: ProjectReflection, parts: readonly CommentDisplayPart[]): CommentDisplayPart[] {
  const modules = project.children?.flatMap((module) => [module, ...(module.children ?? [])]) ?? [];
  const children = modules.flatMap((module) => module.children ?? []);
  // Of several of a name the first is meant.
  const exported = new Map(children.reverse().map((child) => [child.name, child]));
  return parts.map((part, i) => {
    const name = part.kind === "code" ? /^`(\w+)`$/.exec(part.text)?.[1] : undefined;
    const target = name === undefined ? undefined : exported.get(name);
    if (target === undefined || parts[i - 1]?.text.endsWith("[")) return part;
    return { kind: "inline-tag", tag: "@linkcode", text: name!, target };
  });
}

/** What the reference has for a path of the repository; undefined for what it has not, whose link then must be one to a file. */
function described(project: ProjectReflection, path: string): Reflection | undefined {
  const [, folder, name] = /(\w+)\/(?:README\.md|src\/\S+\.ts#(\w+))$/.exec(path) ?? [];
  const module = project.children?.find((child) => child.name === `@corr2d/${folder}`);
  if (name === undefined) return module;
  // A package with several entry points has a module for each, that of index.ts first.
  const entries = [module, ...(module?.children ?? [])];
  return entries.flatMap((entry) => entry?.children ?? []).find((child) => child.name === name);
}
