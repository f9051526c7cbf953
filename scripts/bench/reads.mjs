// Rows that lists read, whatever the table holds.
import { makeOrganization } from "./organization.mjs";
import { startRuntime } from "./runtime.mjs";
import { seededPlaces, seedFindings } from "./seed.mjs";

const limit = 100;
const slack = 5;
const statsSlack = 10;
const uuid = "a0000000-0000-7000-8000-000000000001";

/** Queries, and how many values each asks for. */
const queries = [
  { query: "" },
  { query: "status=snoozed" },
  { query: "status=ignored" },
  { query: "status=resolved" },
  { query: "severity=critical" },
  { query: "type=orphaned_volume" },
  { query: "category=security" },
  { query: `accountId=${uuid}`, name: "accountId=<UUID>" },
  { query: "accountId=444455556661", name: "accountId=<12 digits>" },
  { query: "region=us-east-1" },
  { query: "service=rds" },
  { query: "service=security_groups" },
  { query: "resourceType=AWS::EC2::Volume" },
  { query: "resourceId=e0000005-0000-8000-8000-000000000005", name: "resourceId=<UUID>" },
  { query: "sort=severity" },
  { query: "count=true" },
  { query: "severity=critical&count=true" },
  { query: "severity=critical,high", values: 2 },
  { query: "status=all", values: 4 },
];

async function readsOf(call, query) {
  const { body, cost } = await call("GET", `/findings?limit=${limit}${query && `&${query}`}`);
  return { rowsRead: cost.rowsRead, answered: body.data.length, next: body.pagination.nextCursor };
}

export async function measureReads({ table, atMost }, sizes) {
  const runtime = await startRuntime();
  try {
    const organization = await makeOrganization(runtime.origin);
    const { call } = organization;
    const perSize = [];
    for (const size of sizes) {
      const { groups } = await seedFindings(runtime.db, organization.id, size);
      await call("GET", "/findings?limit=1");
      const reads = [];
      for (const { query } of queries) reads.push(await readsOf(call, query));
      const second = await readsOf(call, `cursor=${encodeURIComponent(reads[0].next)}`);
      const stats = (await call("GET", "/findings/stats")).cost.rowsRead;
      perSize.push({ size, reads, second, stats, groups });
    }
    report({ table, atMost }, perSize);
  } finally {
    await runtime.stop();
  }
}

function report({ table, atMost }, perSize) {
  const boundOf = ({ values = 1 }) => values * (limit + slack) + seededPlaces;
  const name = ({ name: given, query }) => given ?? (query || "(default)");
  const rows = queries.map((one, at) => [name(one), ...perSize.map(({ reads }) => reads[at].rowsRead), boundOf(one)]);
  rows.push(["(default), second page", ...perSize.map(({ second }) => second.rowsRead), boundOf({})]);
  rows.push([
    "/findings/stats",
    ...perSize.map(({ stats }) => stats),
    Math.max(...perSize.map(({ groups }) => groups)) + statsSlack,
  ]);
  const sizes = perSize.map(({ size }) => `of ${size.toLocaleString("en")}`);
  table(
    `Rows read by \`GET /findings?limit=${limit}\` with ${seededPlaces} places of accounts.`,
    ["query", ...sizes, "at most"],
    rows,
  );
  for (const { size, reads, second, stats, groups } of perSize) {
    const of = `of ${size.toLocaleString("en")}`;
    for (const [at, one] of queries.entries()) {
      if (reads[at].answered === 0)
        throw new Error(`${name(one)} answered nothing: the benchmark asks for what is not there`);
      const promise = one.values
        ? "a list with k values reads ≤ k × (limit + 5) rows + places"
        : "a list reads ≤ limit + 5 rows + places";
      atMost(promise, reads[at].rowsRead, boundOf(one), `${name(one)}, ${of}`);
    }
    atMost("a list reads ≤ limit + 5 rows + places", second.rowsRead, boundOf({}), `second page, ${of}`);
    atMost("stats read ≤ groups + 10 rows", stats, groups + statsSlack, of);
  }
}
