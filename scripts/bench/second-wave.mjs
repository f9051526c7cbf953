// Judges what the cross-service checks kept of an account, in this process, as the last task of a scan does: place by place.
// Run by memory.mjs: `node second-wave.mjs <folder of facts> <account>`.
import { createHash } from "node:crypto";
import { createReadStream, readdirSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { allCollectors, crossChecksOf, isSubject } from "../../src/scans/catalogue.ts";
import { judge, judgeSettings } from "../../src/scans/judge.ts";
import { foundOf } from "../../src/scans/outcome.ts";
import { createViews } from "../../src/scans/views.ts";
import { defaultSettings } from "../../src/db/values.ts";
import { env } from "./assets.mjs";

crypto.subtle.digest = async (_, data) => createHash("sha256").update(data).digest().buffer;

const [folder, awsAccountId] = process.argv.slice(2);
const task = {
  org: { id: "org", now: new Date(), env },
  account: { id: "account", awsAccountId, environment: "production" },
  settings: defaultSettings,
  suppressions: [],
  rules: [],
  ownAccounts: new Set([awsAccountId]),
};

/** Collector → things of a place, as its tasks left them; every list was seen whole. */
async function factsOf(place) {
  const scope = place === "global" ? "global" : "regional";
  const facts = new Map(allCollectors.filter((one) => one.scope === scope).map(({ id }) => [id, []]));
  for await (const line of createInterface({ input: createReadStream(path.join(folder, place)) }))
    for (const [id, own] of Object.entries(JSON.parse(line))) for (const fact of own) facts.get(id).push(foundOf(fact));
  return facts;
}

const counts = { judged: 0, pass: 0, fail: 0, unknown: 0 };

async function judgeAll(place, facts, view) {
  const at = { partition: "aws", awsAccountId, region: place === "global" ? "us-east-1" : place };
  for (const collector of allCollectors.filter(({ id }) => facts.has(id) && isSubject(id))) {
    const settings = await judgeSettings(task, at, collector);
    for (const found of facts.get(collector.id)) {
      for (const { stored } of await judge(found, crossChecksOf(collector.id), view, settings)) {
        counts.judged += 1;
        counts[stored.status] += 1;
      }
    }
  }
}

let heapPeak = 0;
const sample = setInterval(() => (heapPeak = Math.max(heapPeak, process.memoryUsage().heapUsed)), 10);
const before = process.cpuUsage();
const global = await factsOf("global");
const views = createViews(global, { everyRegion: true, costs: null });
for (const place of readdirSync(folder).filter((one) => one !== "global")) {
  const facts = await factsOf(place);
  await judgeAll(place, facts, views.region(place, facts));
}
await judgeAll("global", global, views.global());
clearInterval(sample);
const { user, system } = process.cpuUsage(before);
heapPeak = Math.max(heapPeak, process.memoryUsage().heapUsed);
console.log(JSON.stringify({ ...counts, cpuMs: (user + system) / 1_000, heapPeak }));
