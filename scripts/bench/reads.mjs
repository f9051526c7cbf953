// Rows that lists read, whatever the table holds.
import { makeOrganization } from "./organization.mjs";
import { startRuntime } from "./runtime.mjs";
import { seededPlaces, seedRows } from "./seed.mjs";

const limit = 100;
const slack = 5;
const statsSlack = 10;
const uuid = "a0000000-0000-7000-8000-000000000001";

/** Lists with what is asked of them, and how many values that is. */
const lists = {
  findings: [
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
  ],
  resources: [
    { query: "" },
    { query: `accountId=${uuid}`, name: "accountId=<UUID>" },
    { query: "accountId=444455556661", name: "accountId=<12 digits>" },
    { query: "region=us-east-1" },
    { query: "service=rds" },
    { query: "service=security_groups" },
    { query: "resourceType=AWS::EC2::Volume" },
    { query: "state=stopped" },
    { query: "count=true" },
    { query: "service=rds&count=true" },
    { query: "region=us-east-1,eu-west-1", values: 2 },
  ],
};

const boundOf = ({ values = 1 }) => values * (limit + slack) + seededPlaces;
const nameOf = ({ name, query }) => name ?? (query || "(default)");

async function readsOf(call, list, query) {
  const { body, cost } = await call("GET", `/${list}?limit=${limit}${query && `&${query}`}`);
  if (body.data.length === 0) throw new Error(`/${list}?${query} answered nothing: it asks for what is not there`);
  return { rowsRead: cost.rowsRead, next: body.pagination.nextCursor };
}

/** Every query of a list and the second page of its own order, with what each read. */
async function readList(call, list) {
  const reads = [];
  for (const one of lists[list]) reads.push({ ...one, ...(await readsOf(call, list, one.query)) });
  const second = await readsOf(call, list, `cursor=${encodeURIComponent(reads[0].next)}`);
  return [...reads, { name: "(default), second page", ...second }];
}

export async function measureReads(report, sizes) {
  const runtime = await startRuntime();
  try {
    const organization = await makeOrganization(runtime.origin);
    const { call } = organization;
    const perSize = [];
    for (const size of sizes) {
      const groups = await seedRows(runtime.db, organization.id, size);
      await call("GET", "/findings?limit=1");
      const reads = { findings: await readList(call, "findings"), resources: await readList(call, "resources") };
      const stats = {
        findings: (await call("GET", "/findings/stats")).cost.rowsRead,
        resources: (await call("GET", "/resources/stats")).cost.rowsRead,
      };
      perSize.push({ of: `of ${size.toLocaleString("en")}`, reads, stats, groups });
    }
    for (const list of Object.keys(lists)) tell(report, list, perSize);
  } finally {
    await runtime.stop();
  }
}

function tell({ table, atMost }, list, perSize) {
  const groups = Math.max(...perSize.map((one) => one.groups[list.slice(0, -1)]));
  const rows = perSize[0].reads[list].map((one, at) => [
    nameOf(one),
    ...perSize.map(({ reads }) => reads[list][at].rowsRead),
    boundOf(one),
  ]);
  rows.push([`/${list}/stats`, ...perSize.map(({ stats }) => stats[list]), groups + statsSlack]);
  const caption = `Rows read by \`GET /${list}?limit=${limit}\` where coverage knows ${seededPlaces} pairs of account and region.`;
  table(caption, ["query", ...perSize.map(({ of }) => of), "at most"], rows);
  for (const { of, reads, stats } of perSize) {
    for (const one of reads[list]) {
      const most = one.values ? "k × (limit + 5)" : "limit + 5";
      const promise = `a list${one.values ? " with k values" : ""} reads ≤ ${most} rows + places`;
      atMost(promise, one.rowsRead, boundOf(one), `/${list}?${nameOf(one)}, ${of}`);
    }
    atMost("stats read ≤ groups + 10 rows", stats[list], groups + statsSlack, `/${list}/stats, ${of}`);
  }
}
