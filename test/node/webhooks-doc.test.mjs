// `node --test "test/node/*.test.mjs"`: docs/webhooks.md shows the verifiers that are tested, and every event there is.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { eventSamples } from "../../src/modules/webhooks/event-samples.ts";

const docs = path.join(import.meta.dirname, "..", "..", "docs");
const page = readFileSync(path.join(docs, "webhooks.md"), "utf8");

for (const [file, language] of [
  ["verify.ts", "ts"],
  ["verify.py", "python"],
  ["verify.go", "go"],
]) {
  test(`${file} stands there as it is`, () => {
    const text = readFileSync(path.join(docs, "verifiers", file), "utf8");
    assert.ok(page.includes(`\`\`\`${language}\n${text}\`\`\`\n`));
  });
}

test("every event stands there, and no other", () => {
  const rows = page.split("\n").filter((line) => /^\| `[a-z]+\.[a-z]+`/.test(line));
  const named = rows.flatMap((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/`([a-z]+\.[a-z]+)`/g)].map(([, name]) => name),
  );
  assert.deepEqual(named.toSorted(), Object.keys(eventSamples).toSorted());
});
