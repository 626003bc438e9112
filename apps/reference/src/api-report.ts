/**
 * The face of a package as text: every name that its entry points export, with its declaration, sorted, without docstrings.
 * It is committed beside the package as `api.md`, so that no name and no type changes unseen. Read from the declarations
 * that the build wrote, by TypeScript 6, since 7 has no compiler API.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** The file in a package's folder. */
export const REPORT_FILE = "api.md";

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly types?: string }>>;
}

/**
 * The report on the package in `folder`, which must have been built.
 *
 * @throws Error if a declaration file is missing.
 */
export function apiReport(folder: string): string {
  const { name, exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  const entries = Object.entries(exports).flatMap(([path, target]) =>
    typeof target === "string" || target.types === undefined ? [] : [{ path, file: join(folder, target.types) }],
  );
  const program = ts.createProgram(
    entries.map(({ file }) => file),
    {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"],
      skipLibCheck: true,
      types: [],
    },
  );
  /** Where a declaration was shown first. */
  const shown = new Map<ts.Symbol, string>();
  const sections = entries.map(({ path, file }) => {
    const specifier = name + path.slice(1);
    const source = program.getSourceFile(file);
    if (source === undefined) throw new Error(`${file} is missing: build the packages first`);
    const names = exportsOf(program.getTypeChecker(), source).map(([exported, symbol]) => {
      const before = shown.get(symbol);
      if (before !== undefined) return `export { ${exported} } from "${before}";`;
      shown.set(symbol, specifier);
      return declarationsOf(exported, symbol, folder);
    });
    return `## \`${specifier}\`\n\n${names.length === 0 ? "Exports no name." : fenced(names.join("\n\n"))}\n`;
  });
  const title = `# Names and types of \`${name}\`\n\nWritten by \`pnpm api\`; a test compares.\n`;
  return [title, ...sections].join("\n");
}

function fenced(code: string): string {
  return `\`\`\`typescript\n${code}\n\`\`\``;
}

/** What a module exports, by name, and what each name stands for wherever it was declared. */
function exportsOf(checker: ts.TypeChecker, source: ts.SourceFile): [name: string, symbol: ts.Symbol][] {
  const module = checker.getSymbolAtLocation(source);
  const symbols = module === undefined ? [] : checker.getExportsOfModule(module);
  return symbols
    .map((symbol): [string, ts.Symbol] => [
      symbol.name,
      symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    ])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

const printer = ts.createPrinter({ removeComments: true });

/** The declarations of a name as they stand in the declaration files, each overload and merged interface. */
function declarationsOf(name: string, symbol: ts.Symbol, folder: string): string {
  const declarations = (symbol.declarations ?? []).map((declaration) => {
    const file = declaration.getSourceFile();
    if (!file.fileName.startsWith(folder.replaceAll("\\", "/"))) return `export { ${name} }; // of another package`;
    const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
    const text = printer.printNode(ts.EmitHint.Unspecified, statement, file);
    return text.replace(/^(?:export )?(?:declare )?/, "");
  });
  const renamed = symbol.name === name ? "" : `// as ${name}:\n`;
  return renamed + [...new Set(declarations)].join("\n");
}
