// How long requests take, beside what the runtime itself takes. Rounds go through all variants in turn, so that whatever
// else the machine does falls on all of them alike.
import { load, median, open, quantile } from "./client.mjs";
import { makeOrganization, newKey } from "./organization.mjs";
import { newGroup } from "./report.mjs";
import { other, startRuntime } from "./runtime.mjs";
import { seedRows } from "./seed.mjs";

const findings = 10_000;
const route = "/api/v1/findings?limit=100";

const others = ({ compatibilityDate, d1Databases }) => [
  other("empty", compatibilityDate),
  other("hono", compatibilityDate),
  other("floor", compatibilityDate, {
    d1Databases,
    kvNamespaces: { KEYS: { id: "floor" } },
    durableObjects: { COUNTER: { className: "Counter", useSQLite: true } },
  }),
];

const bearer = (key) => ({ authorization: `Bearer ${key}` });

/** Milliseconds of the first request of an admin key that this isolate and KV have not seen. */
async function firstOf(organization, key) {
  const client = await open(`${organization.origin}${route}`, bearer(key));
  const { status, ms } = await client.ask();
  client.close();
  if (status !== 200) throw new Error(`The first request of a key answered ${status}`);
  return ms;
}

async function firsts(organization, count) {
  const durations = [];
  for (let n = 0; n < count; n += 1) durations.push(await firstOf(organization, await newKey(organization)));
  return median(durations);
}

/** All variants, round by round. Answers each variant's rounds. */
async function inRounds(variants, connections, { rounds, roundMs, warmUpMs }) {
  for (const { target } of variants) await load({ ...target, connections, durationMs: warmUpMs });
  const results = variants.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, { target }] of variants.entries())
      results[at].push(await load({ ...target, connections, durationMs: roundMs }));
  }
  return results;
}

const figures = (rounds) => {
  const p50s = rounds.map(({ durations }) => quantile(durations, 0.5));
  return {
    p50s,
    p50: Math.min(...p50s),
    p99: Math.min(...rounds.map(({ durations }) => quantile(durations, 0.99))),
    rps: Math.round(Math.max(...rounds.map(({ rps }) => rps))),
  };
};

export async function measureLatency(options) {
  const { group, table } = newGroup("latency", "Latency");
  const runtime = await startRuntime({ others });
  try {
    const organization = await makeOrganization(runtime.origin);
    await seedRows(runtime.db, organization.id, findings);
    await (
      await runtime.mf.getKVNamespace("KEYS", "floor")
    ).put("key", JSON.stringify({ orgId: organization.id, role: "admin" }));
    const variants = [
      { name: "(a) empty Worker", target: { url: `${runtime.origins.empty}/` } },
      { name: "(b) Hono and zod validation", target: { url: `${runtime.origins.hono}${route}` } },
      {
        name: "(c) floor: KV get, Durable Object call, D1 query of 100 rows",
        target: { url: `${runtime.origins.floor}/` },
      },
      {
        name: "(d) GET /findings?limit=100",
        target: { url: `${runtime.origin}${route}`, headers: bearer(organization.key) },
      },
    ];
    for (const connections of [1, 16]) {
      const measured = (await inRounds(variants, connections, options)).map(figures);
      const floor = measured[2];
      const ratio = ({ p50s }) => median(p50s.map((p50, round) => p50 / floor.p50s[round]));
      const rows = measured.map((one, at) => [variants[at].name, one.p50, one.p99, one.rps, ratio(one)]);
      if (connections === 1) rows.push(["(d), first request of a key", await firsts(organization, options.newKeys)]);
      table(
        `${connections} connection${connections > 1 ? "s" : ""}: lowest p50 and p99 of ${options.rounds} rounds, requests per second of the best.`,
        ["", "p50 ms", "p99 ms", "rps", "p50 : (c)"],
        rows,
      );
    }
    return group;
  } finally {
    await runtime.stop();
  }
}
