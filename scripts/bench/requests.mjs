// What one request asks of KV, of the gate and of D1, and whether the gate counts exactly.
import { open } from "./client.mjs";
import { caller, makeOrganization, newKey } from "./organization.mjs";
import { startRuntime } from "./runtime.mjs";
import { seedRows } from "./seed.mjs";

const seeded = 1_000;
const gets = [
  "/findings?limit=100",
  "/findings?limit=100&count=true",
  "/findings?accountId=444455556661&count=true",
  "/findings/f0000001-0000-8000-8000-000000000001",
  "/findings/stats",
  "/resources",
  "/resources/stats",
  "/resources/services",
  "/resources/regions",
  "/certificates",
  "/accounts",
  "/accounts/444455556661",
  "/checks",
  "/scans",
  "/scans/active",
  "/webhooks",
  "/api-keys",
  "/audit-log",
  "/organization",
  "/organization/settings",
  "/whoami",
];

const webhook = () => ({ url: "https://hooks.example.com/x", events: ["finding.*"] });
const writes = [
  { method: "POST", route: "/webhooks", body: webhook },
  { method: "POST", route: "/api-keys", body: () => ({ name: "another" }) },
  { method: "PATCH", route: "/accounts/444455556661", body: () => ({ name: `Renamed ${Math.random()}` }) },
  {
    method: "PATCH",
    route: "/organization/settings",
    body: () => ({ retentionDays: { attempts: 10 + Math.floor(Math.random() * 10) } }),
  },
  {
    method: "POST",
    route: "/scans",
    name: "by UUID",
    body: () => ({ accountIds: ["a0000000-0000-7000-8000-000000000001"] }),
  },
  { method: "POST", route: "/scans", name: "by 12 digits", body: () => ({ accountIds: ["444455556662"] }) },
];

const cells = ({ kvReads, gateCalls, roundTrips, rowsRead, rowsWritten }) => [
  kvReads,
  gateCalls,
  roundTrips,
  rowsRead,
  rowsWritten,
];
const head = ["request", "KV reads", "gate calls", "D1 round trips", "rows read", "rows written"];

async function measureGets(organization, { table, atMost, exactly }) {
  const key = await newKey(organization);
  const call = caller(organization.origin, key);
  const cold = (await call("GET", gets[0])).cost;
  const rows = [[`${gets[0]}, first request of a key`, ...cells(cold)]];
  atMost("cold GET: D1 round trips", cold.roundTrips, 2, gets[0]);
  for (const route of gets) {
    const { cost } = await call("GET", route);
    rows.push([route, ...cells(cost)]);
    exactly("warm GET: KV reads", cost.kvReads, 0, route);
    exactly("warm GET: gate calls", cost.gateCalls, 1, route);
    atMost("warm GET: D1 round trips", cost.roundTrips, 1, route);
  }
  table("Requests that read.", head, rows);
}

async function measureWrites({ call }, { table, atMost }) {
  const rows = [];
  for (const { method, route, body, name } of writes) {
    const { cost } = await call(method, route, body());
    const which = [method, route, name].filter(Boolean).join(" ");
    rows.push([which, ...cells(cost)]);
    atMost("write: D1 round trips", cost.roundTrips, 2, which);
    if (method !== "POST" || route === "/scans") continue;
    const claimed = (await call(method, route, body(), { "idempotency-key": crypto.randomUUID() })).cost;
    rows.push([`${which} with Idempotency-Key`, ...cells(claimed)]);
    atMost("write with Idempotency-Key: D1 round trips", claimed.roundTrips, 4, which);
  }
  table("Requests that write.", head, rows);
}

const admitted = 100;
const connections = 50;

/** Many at once against a small limit: how many of them pass. */
async function measureGate(organization, { table, exactly }, requests) {
  const key = await newKey(organization);
  await organization.call("PATCH", "/organization/settings", { limits: { perCredentialPerMinute: admitted } });
  const url = `${organization.origin}/api/v1/whoami`;
  const clients = await Promise.all(
    Array.from({ length: connections }, () => open(url, { authorization: `Bearer ${key}` })),
  );
  const statuses = new Map();
  let left = requests;
  await Promise.all(
    clients.map(async ({ ask, close }) => {
      while (left > 0) {
        left -= 1;
        const { status } = await ask();
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
      close();
    }),
  );
  table(
    `${requests.toLocaleString("en")} requests, ${connections} at a time, with a limit of ${admitted} per minute.`,
    ["status", "answers"],
    Array.from(statuses, ([status, count]) => [String(status), count]),
  );
  exactly("admitted of a limit of 100, many at once", statuses.get(200) ?? 0, admitted);
  exactly("refused with 429", statuses.get(429) ?? 0, requests - admitted);
}

export async function measureRequests(group, { requests }) {
  const runtime = await startRuntime();
  try {
    const organization = await makeOrganization(runtime.origin);
    await seedRows(runtime.db, organization.id, seeded);
    await measureGets(organization, group);
    await measureWrites(organization, group);
    await measureGate(organization, group, requests);
  } finally {
    await runtime.stop();
  }
}
