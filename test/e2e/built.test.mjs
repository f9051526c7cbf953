// The Worker as it is deployed (`node scripts/build.mjs`) answers as its source does: every GET as JSON and CSV, and every body refused.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { endOf, setUp, startScan } from "./support/api.mjs";
import { builtConfig, newState, startRuntime } from "./support/runtime.mjs";

const root = path.join(import.meta.dirname, "..", "..");
const { paths } = JSON.parse(readFileSync(path.join(root, "assets", "openapi.json"), "utf8"));
const operations = Object.entries(paths).flatMap(([route, methods]) =>
  Object.entries(methods).map(([method, declared]) => ({ method: method.toUpperCase(), route, declared })),
);

/** What differs from run to run: ids, times, secrets, hashes and how long things took. */
const varying = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "<uuid>"],
  [/\b\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?/g, "<time>"],
  [/127\.0\.0\.1:\d+/g, "<host>"],
  [/cg_live_…\w+/g, "<hint>"],
  [/again in \d+ s/g, "again in <seconds>"],
  // How often was asked until the scan had ended.
  [/(cloudglass_responses_total\{class="[24]xx"\}) \d+/g, "$1 <count>"],
  [/"[A-Za-z0-9_-]{32,}"/g, '"<text>"'],
  [/("[a-zA-Z]*(?:[mM]s|[sS]econds|retryAfter|Bytes|age|Age|rows(?:Read|Written))":)[\d.]+/g, (_, name) => `${name}0`],
];
const steady = (text) => varying.reduce((left, [what, stead]) => left.replaceAll(what, stead), text);

/** Rows in an order of their own: where ids decide, runs differ. */
function ordered(value) {
  if (Array.isArray(value))
    return value.map(ordered).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, ordered(member)]));
}

function comparable(text, type) {
  const own = steady(text);
  if (type.includes("json")) return JSON.stringify(ordered(JSON.parse(own)), null, 1);
  return type.includes("csv") ? own.replaceAll(/\d+/g, "0").split("\r\n").toSorted().join("\n") : own;
}

async function asked(origin, key, method, route, { body, accept } = {}) {
  const answer = await fetch(origin + route, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(accept ? { accept } : {}),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body }),
  });
  const type = answer.headers.get("content-type") ?? "";
  // A stream says what it is and goes on until it is left.
  const isStream = type.includes("event-stream");
  const text = isStream ? "" : await answer.text();
  if (isStream) await answer.body.cancel();
  return { status: answer.status, type, text, told: comparable(text, type) };
}

/** The route with ids of what there is: a part in braces is a row of the list before it, the same in every run. */
async function filled(route, ask) {
  let path = "";
  for (const part of route.split("/").slice(1)) {
    if (!part.startsWith("{")) {
      path += `/${part}`;
      continue;
    }
    const { status, text } = await ask("GET", `${path}?limit=500`);
    const rows = status === 200 ? [JSON.parse(text).data].flat() : [];
    const [row] = rows.toSorted((a, b) => (steady(JSON.stringify(a)) < steady(JSON.stringify(b)) ? -1 : 1));
    path += `/${row?.id ?? row?.type ?? "019aa5d2-6b1d-7f60-8a1b-0c9d8e7f6a5b"}`;
  }
  return path;
}

const refused = [
  "{",
  "[]",
  '{"unknown":1}',
  '{"name":7,"expression":"resource.","condition":{"all":[{}]},"url":"ftp://x"}',
];

/** What it says to everything that can be asked, after the demo account was scanned. */
async function answersOf(name, config) {
  const runtime = await startRuntime({ port: 8801, state: newState(name), config });
  try {
    const demo = await setUp(runtime.origin);
    const scan = await endOf(demo, (await startScan(demo)).id);
    const ask = (method, route, more) => asked(runtime.origin, demo.key, method, route, more);
    const said = { scan: scan.status };
    await ask("POST", "/api/v1/rules", {
      body: JSON.stringify({
        name: "Named",
        severity: "low",
        category: "operations",
        resourceTypes: ["AWS::EC2::Instance"],
        expression:
          'resource.tags.exists(t, t == "Name") && (resource.name != null || size(resource.id) > 3 ? true : !false)',
      }),
    }).then(({ status, told }) => (said["POST /rules"] = `${status} ${told}`));
    for (const { method, route, declared } of operations) {
      if (method === "GET") {
        const filledRoute = await filled(route, ask);
        const whole = declared.parameters?.some(({ name }) => name === "limit") ? "?limit=500" : "";
        for (const accept of ["application/json", "text/csv", "application/yaml"]) {
          const { status, told } = await ask("GET", filledRoute + whole, { accept });
          said[`GET ${route} ${accept}`] = `${status} ${told}`;
        }
        for (const query of [
          "nope=1",
          "limit=x",
          "sort=nope",
          "cursor=x",
          "since=x&status=x",
          "format=csv&limit=500",
        ]) {
          const { status, told } = await ask("GET", `${filledRoute}?${query}`);
          said[`GET ${route}?${query}`] = `${status} ${told}`;
        }
      } else if (declared.requestBody) {
        for (const body of refused) {
          const { status, told } = await ask(method, await filled(route, ask), { body });
          said[`${method} ${route} ${body}`] = `${status} ${told}`;
        }
      }
    }
    return said;
  } finally {
    await runtime.kill();
  }
}

describe("the Worker as it is deployed", { timeout: 600_000 }, () => {
  test("answers as its source does", async () => {
    const source = await answersOf("source", "wrangler.dev.toml");
    const built = await answersOf("built", builtConfig());
    assert.ok(Object.keys(source).length > 300);
    const lines = (said, other) =>
      said
        .split("\n")
        .filter((line) => !other.split("\n").includes(line))
        .slice(0, 5);
    const differing = Object.keys(source).filter((key) => source[key] !== built[key]);
    assert.deepEqual(
      differing.map((key) => [key, ...lines(built[key], source[key])]),
      differing.map((key) => [key, ...lines(source[key], built[key])]),
    );
  });
});
