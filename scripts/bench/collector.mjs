// Collects a simulated account in this process: lists, describes, measures, judges, compares; nothing is stored. Run by
// memory.mjs under a bounded heap: `node collector.mjs <origin of the simulator> <account> <regions> <keys> <folder of facts>`.
import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";
import path from "node:path";
import { createLimiter } from "../../src/aws/limiter.ts";
import { createAws } from "../../src/aws/client.ts";
import { fixedCredentials } from "../../src/aws/credentials.ts";
import { createBudget } from "../../src/scans/budget.ts";
import { collectorsOf } from "../../src/scans/catalogue.ts";
import { createFactStore } from "../../src/scans/fact-store.ts";
import { lookAround } from "../../src/scans/look.ts";
import { shared } from "../../src/scans/work.ts";
import { defaultSettings, usualPace } from "../../src/db/values.ts";
import { env } from "./assets.mjs";

// Node makes a job of each digest, which workerd does not: a digest here costs what it costs there.
crypto.subtle.digest = async (_, data) => createHash("sha256").update(data).digest().buffer;

const [origin, awsAccountId, regionList, accessKeyId, secretAccessKey, factFolder] = process.argv.slice(2);
const regions = regionList.split(",");

/** Requests to AWS, handed to the simulator in the other process. */
const fetcher = {
  async fetch(request) {
    const { hostname, pathname, search } = new URL(request.url);
    const body = request.method === "GET" ? undefined : await request.text();
    const headers = { ...Object.fromEntries(request.headers), "x-host": hostname };
    return fetch(`${origin}${pathname}${search}`, { method: request.method, headers, body });
  },
};

/** Nothing is stored but facts, so nothing is found there. */
const meter = { rowsRead: 0, rowsWritten: 0, roundTrips: 0 };
const db = {
  meter,
  sql: (text, ...params) => ({ text, params }),
  async atomic(statements) {
    meter.roundTrips += 1;
    for (const { text, params } of statements) if (text.includes("INTO scan_facts")) keep(params[2], params[4]);
    return statements.map(() => []);
  },
};
/** A line of the place's file: facts as a row of the database would hold them. */
const keep = (place, facts) => appendFileSync(path.join(factFolder, place), `${facts}\n`);
const org = { id: "org", now: new Date(), db, env };
const account = { id: "account", awsAccountId, environment: "production" };
const limiter = createLimiter();

async function runTask(place, work) {
  const region = place === "global" ? "us-east-1" : place;
  let calls = 0;
  meter.roundTrips = 0;
  const cpuBefore = process.cpuUsage();
  const task = {
    org,
    account,
    settings: defaultSettings,
    suppressions: [],
    rules: [],
    ownAccounts: new Set([awsAccountId]),
    scan: { id: "scan" },
    id: place,
    fence: 1,
    place,
  };
  const facts = createFactStore(task);
  const aws = createAws({
    fetcher,
    limiter,
    credentials: fixedCredentials({ accessKeyId, secretAccessKey }),
    awsAccountId,
    region,
    onCall: () => (calls += 1),
  });
  const budget = createBudget(org, usualPace.callsPerTask, () => calls);
  const { looked, fresh } = await lookAround(
    {
      task,
      place: { partition: "aws", awsAccountId, region },
      session: { caller: aws.caller },
      writer: { add: async () => {} },
      rules: () => [],
      budget,
      facts,
      onLooked: () => {},
    },
    work,
  );
  const begun = looked.flatMap(({ left }) => (left ? [left] : []));
  const resources = looked.reduce((sum, { part }) => sum + part.tally.resources, 0);
  const { facts: left } = await facts.end();
  const row = JSON.stringify({ facts: left, parts: looked.map(({ part }) => part) }).length;
  keep(place, JSON.stringify(left));
  const { user, system } = process.cpuUsage(cpuBefore);
  const cut = { callsMax: usualPace.callsPerTask, tasksAtOnce: usualPace.tasksAtOnce, callsOf: () => 1 };
  return { rest: shared({ fresh, begun }, cut), resources, calls, row, cpuMs: (user + system) / 1_000 };
}

const tasks = [];
const queue = ["global", ...regions].map((place) => ({
  place,
  work: { fresh: collectorsOf(place, null).map(({ id }) => id), begun: [] },
}));
let heapPeak = 0;
const sample = setInterval(() => (heapPeak = Math.max(heapPeak, process.memoryUsage().heapUsed)), 20);
for (let next = queue.shift(); next; next = queue.shift()) {
  const { place, work } = next;
  const { rest, ...task } = await runTask(place, work);
  tasks.push(task);
  queue.push(...rest.map((one) => ({ place, work: one })));
}
clearInterval(sample);
globalThis.gc?.();
const most = (name) => Math.max(...tasks.map((task) => task[name]));
console.log(
  JSON.stringify({
    tasks: tasks.length,
    resources: tasks.reduce((sum, task) => sum + task.resources, 0),
    calls: tasks.reduce((sum, task) => sum + task.calls, 0),
    mostResources: most("resources"),
    mostCalls: most("calls"),
    longestRow: most("row"),
    mostCpuMs: most("cpuMs"),
    cpuMs: tasks.reduce((sum, task) => sum + task.cpuMs, 0),
    heapPeak,
    heapLeft: process.memoryUsage().heapUsed,
  }),
);
