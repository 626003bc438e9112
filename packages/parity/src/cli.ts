#!/usr/bin/env node
/**
 * The program `corr2d-parity`. Node ends with 1 where a program breaks down, which here would say that something
 * disagrees; so everything else, down to a module that cannot be loaded, ends with 2.
 *
 * @module
 */

try {
  const { main } = await import("./command.ts");
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const { printableLines } = await import("./render/escape.ts").catch(() => ({ printableLines: String }));
  process.stderr.write(`corr2d-parity: ${printableLines(error instanceof Error ? error.message : String(error))}\n`);
  process.exitCode = 2;
}
