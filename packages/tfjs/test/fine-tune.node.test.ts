/** The example of fine tuning, for two epochs and on fewer pictures. */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("MobileNetV2 from npm learns digits from twenty pictures of each, and tells how it goes", async () => {
  const example = fileURLToPath(new URL("../examples/fine-tune.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=@corr2d/source", example, "2", "10"]);
  expect(stdout).toContain("on wasm");
  expect(stdout.match(/epoch \d of 2: loss [\d.]+, [\d.]+ % of the others read, [\d.]+ s/g)).toHaveLength(2);
  const [, share, count] = /^([\d.]+) % of (\d+) digits read that it was not shown/m.exec(stdout)!;
  expect(Number(count)).toBe(100);
  expect(Number(share)).toBeGreaterThan(70);
});
