// `node --test "test/node/*.test.mjs"`: the lint table refuses what it is there to refuse.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";

const root = path.join(import.meta.dirname, "..", "..");
// Patterns are read from where the configuration lies, so it goes along.
const planted = mkdtempSync(path.join(tmpdir(), "walls-"));
const config = path.join(planted, "oxlint.config.mjs");
copyFileSync(path.join(root, "oxlint.config.mjs"), config);
after(() => rmSync(planted, { recursive: true }));

/** Whether a file of this place may hold this import. */
function isRefused(file, from) {
  const target = path.join(planted, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, `import { thing } from "${from}";\n\nexport const used = thing;\n`);
  const oxlint = path.join(root, "node_modules/oxlint/bin/oxlint");
  const { status, stdout } = spawnSync(process.execPath, [oxlint, "-c", config, "--format=unix", target], {
    cwd: planted,
    encoding: "utf8",
  });
  rmSync(target);
  return status !== 0 && stdout.includes("no-restricted-imports");
}

const refused = [
  ["src/lib/a.ts", "#db/schema"],
  ["src/lib/a.ts", "drizzle-orm"],
  ["src/db/a.ts", "#http/app"],
  ["src/db/a.ts", "hono"],
  ["src/db/a.ts", "../lib/fault.ts"],
  ["src/aws/a.ts", "#db/schema"],
  ["src/collectors/ec2/a.ts", "#scans/plan"],
  ["src/collectors/ec2/a.ts", "../collector.ts"],
  ["src/checks/ec2/a.ts", "#aws/client"],
  ["src/scans/a.ts", "#modules/accounts"],
  ["src/scans/a.ts", "aws4fetch"],
  ["src/objects/a.ts", "#modules/scans"],
  ["src/http/a.ts", "#modules/accounts"],
  ["src/http/a.ts", "drizzle-orm/d1"],
  ["src/modules/x/verb.ts", "#http/endpoint"],
  ["src/modules/x/verb.ts", "hono"],
  ["src/modules/x/verb.ts", "cloudflare:workers"],
  ["src/queues/a.ts", "#http/app"],
  ["src/rules/a.ts", "#scans/plan"],
  ["src/modules/x/verb.ts", "@marcbachmann/cel-js"],
];

const allowed = [
  ["src/db/a.ts", "#lib/fault"],
  ["src/db/a.ts", "drizzle-orm"],
  ["src/collectors/ec2/a.ts", "#collectors/collector"],
  ["src/scans/a.ts", "#aws/client"],
  ["src/objects/a.ts", "cloudflare:workers"],
  ["src/modules/x/endpoints.ts", "#http/endpoint"],
  ["src/modules/x/shapes.ts", "@hono/zod-openapi"],
  ["src/modules/x/verb.ts", "#modules/y"],
  ["src/http/a.ts", "hono"],
  ["src/rules/a.ts", "@marcbachmann/cel-js"],
  ["src/scans/a.ts", "#rules/rule"],
];

for (const [file, from] of refused)
  test(`${file} may not import ${from}`, () => assert.equal(isRefused(file, from), true));
for (const [file, from] of allowed)
  test(`${file} may import ${from}`, () => assert.equal(isRefused(file, from), false));
