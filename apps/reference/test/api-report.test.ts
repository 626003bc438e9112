/** The committed reports say what the built packages export; and what a report says. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { apiReport, REPORT_FILE } from "../src/api-report.ts";
import { PACKAGES } from "../src/reference.ts";

it.each(PACKAGES)("packages/%s/api.md is what the package exports: if that was meant to change, `pnpm api`", (name) => {
  const folder = fileURLToPath(new URL(`../../../packages/${name}`, import.meta.url));
  const report = apiReport(folder);
  expect(report).toMatch(/^## `@corr2d\/\w+`$/m);
  expect(report).toBe(readFileSync(join(folder, REPORT_FILE), "utf8"));
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "corr2d-api-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("has each name once, with its declaration, wherever that stands, and without its docstring", () => {
  const files = {
    "package.json": JSON.stringify({
      name: "sample",
      type: "module",
      exports: {
        ".": { types: "./index.d.ts" },
        "./more": { types: "./more.d.ts" },
        "./package.json": "./package.json",
      },
    }),
    "index.d.ts": `export { b, type A } from "./inner.js";\nexport { inner as c } from "./inner.js";`,
    "more.d.ts": `export { b } from "./inner.js";\nexport declare const d: 1;`,
    "inner.d.ts": `/** Says it. */\nexport declare function b(x: number): void;\nexport declare function b(x: string): void;
export interface A {\n    /** Not shown. */\n    readonly a: number;\n}\nexport declare class inner {}\nexport declare const hidden: 2;`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  expect(apiReport(folder)).toBe(`# Names and types of \`sample\`

Written by \`pnpm api\`; a test compares.

## \`sample\`

\`\`\`typescript
interface A {
    readonly a: number;
}

function b(x: number): void;
function b(x: string): void;

// as c:
class inner {
}
\`\`\`

## \`sample/more\`

\`\`\`typescript
export { b } from "sample";

const d: 1;
\`\`\`
`);
});

it("says what is missing where nothing was built", () => {
  const manifest = { name: "sample", exports: { ".": { types: "./dist/index.d.ts" } } };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  expect(() => apiReport(folder)).toThrow(/index\.d\.ts is missing: build the packages first/);
});
