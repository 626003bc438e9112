/**
 * Makes the declarations of a package right for TypeScript from 5.4 on, a step of its build:
 *
 *     node ../../scripts/declarations.ts
 *
 * Typed arrays are generic only since TypeScript 5.7: before, `Float32Array<ArrayBuffer>` is an error, and the result is
 * `any`. What `Float32Array.of` returns is the same type there, and plain `Float32Array` before; so that is what is written.
 * A view of shared memory is a plain one, which may be of any.
 *
 * @module
 */

import { globSync, readFileSync, writeFileSync } from "node:fs";

for (const path of globSync("dist/**/*.d.ts")) {
  const text = readFileSync(path, "utf8");
  const owned = text.replaceAll(/\b(\w+Array)<ArrayBuffer>/g, 'ReturnType<$1Constructor["of"]>');
  writeFileSync(path, owned.replaceAll(/\b(\w+Array)<SharedArrayBuffer>/g, "$1"));
}
