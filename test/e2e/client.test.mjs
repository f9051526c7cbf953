// What is generated from the OpenAPI document fits what the API answers.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { listFindings } from "../client/list-findings.ts";
import { all, setUp, startScan } from "./support/api.mjs";
import { newState, startRuntime } from "./support/runtime.mjs";
import { watch } from "./support/socket.mjs";

const port = 8806;
const root = path.join(import.meta.dirname, "..", "..");

describe("the typed client", { timeout: 120_000 }, () => {
  let runtime;
  let demo;

  before(async () => {
    runtime = await startRuntime({ port, state: newState("client") });
    demo = await setUp(runtime.origin);
    const socket = await watch(demo, (await startScan(demo)).id);
    await socket.until(({ type, scan }) => type === "complete" || (type === "sync" && scan.completedAt));
    socket.close();
  });
  after(() => runtime.kill());

  test("compiles", () => {
    const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
    const args = [tsc, "--noEmit", "-p", path.join("test", "client", "tsconfig.json")];
    execFileSync(process.execPath, args, { cwd: root, stdio: "pipe", encoding: "utf8" });
  });

  test("lists the findings there are, page by page", async () => {
    const findings = await listFindings(runtime.origin, demo.key, undefined, 10);
    const ids = (rows) => rows.map(({ id }) => id).toSorted();
    assert.ok(findings.length > 50);
    assert.deepEqual(ids(findings), ids(await all(demo.api, "/findings")));
  });

  test("filters, and throws what the API says", async () => {
    const critical = await listFindings(runtime.origin, demo.key, ["critical"]);
    assert.ok(critical.length > 0);
    assert.deepEqual([...new Set(critical.map(({ severity }) => severity))], ["critical"]);
    await assert.rejects(listFindings(runtime.origin, "nonsense"), /UNAUTHORIZED/);
    await assert.rejects(listFindings(runtime.origin, demo.key, ["dreadful"]), /INVALID_REQUEST/);
  });
});
