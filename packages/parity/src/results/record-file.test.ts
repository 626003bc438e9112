import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { linesOf } from "./record-file.ts";

it("says where each line of a large file ends, and leaves out one that is torn", () => {
  const folder = mkdtempSync(join(tmpdir(), "corr2d-lines-"));
  try {
    const path = join(folder, "records.jsonl");
    // Several times what is read at once, in lines of any length, one longer than that; not all characters are one byte.
    const lines = Array.from({ length: 3000 }, (_, i) => "γ".repeat(i === 1000 ? 700_000 : (i * 37) % 900));
    const whole = Buffer.from(lines.map((line) => `${line}\n`).join(""));
    writeFileSync(path, Buffer.concat([whole, Buffer.from("torn")]));
    let [number, end] = [0, 0];
    for (const found of linesOf(path)) {
      const line = lines[number++]!;
      end += Buffer.byteLength(line) + 1;
      if (found.line !== line || found.end !== end) throw new Error(`line ${number} ends at ${found.end}, not ${end}`);
    }
    expect([number, end]).toEqual([lines.length, whole.length]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
