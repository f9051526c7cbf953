// A caller of the API, and what every test needs first: an organization, its key, the demo account.
import { DEMO_ACCESS_KEY_ID, DEMO_ACCOUNT_ID, DEMO_SECRET_ACCESS_KEY } from "../../../simulator/demo.ts";
import { eventually } from "./runtime.mjs";

const demoAccount = {
  name: "Demo",
  environment: "production",
  awsAccountId: DEMO_ACCOUNT_ID,
  credential: { method: "access_key", accessKeyId: DEMO_ACCESS_KEY_ID, secretAccessKey: DEMO_SECRET_ACCESS_KEY },
};

/**
 * `call(method, path, body)` → `{ status, headers, body }`; nothing is thrown for what the API refuses. The text of each answer
 * is added to `told`.
 */
export const caller = (origin, key, told) => async (method, route, body) => {
  const answer = await fetch(`${origin}/api/v1${route}`, {
    method,
    headers: {
      ...(key ? { authorization: `Bearer ${key}` } : {}),
      ...(body ? { "content-type": "application/json" } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  told?.push(text);
  return { status: answer.status, headers: answer.headers, body: text === "" ? null : JSON.parse(text) };
};

/** The same, where anything but success is a failure of the test. Answers the body. */
export const client = (origin, key, told) => {
  const call = caller(origin, key, told);
  return async (method, route, body) => {
    const answer = await call(method, route, body);
    if (answer.status >= 400) throw new Error(`${method} ${route}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
};

/** The first organization, with limits that a test does not meet, and an account, which is the demo account. */
export async function setUp(origin, connected = demoAccount, told) {
  const { data } = await client(origin, "bootstrap-token-for-development", told)("POST", "/bootstrap", {
    name: "E2E",
    slug: "e2e",
  });
  const key = data.key.key ?? data.key;
  const api = client(origin, key, told);
  const limits = {
    perCredentialPerMinute: 50_000,
    perOrganizationPerMinute: 50_000,
    scanCreationPerMinute: 1_000,
    keyCreationPerMinute: 1_000,
  };
  await api("PATCH", "/organization/settings", { limits });
  const account = (await api("POST", "/accounts", connected)).data;
  return { origin, key, api, account, organizationId: data.organization.id };
}

export const startScan = async ({ api, account }) =>
  (await api("POST", "/scans", { accountIds: [account.id] })).data.scans[0];

const ended = new Set(["complete", "partial", "error", "canceled"]);
export const hasEnded = ({ status }) => ended.has(status);

/** Where a scan stands once it has ended. */
export const endOf = ({ api }, scanId) =>
  eventually(
    `the end of scan ${scanId}`,
    async () => {
      const { data } = await api("GET", `/scans/${scanId}`);
      return hasEnded(data) && data;
    },
    { timeoutMs: 900_000 },
  );

/** Every row of a list. */
export async function all(api, route) {
  const rows = [];
  let cursor = null;
  do {
    const separator = route.includes("?") ? "&" : "?";
    const { data, pagination } = await api("GET", `${route}${separator}limit=500${cursor ? `&cursor=${cursor}` : ""}`);
    rows.push(...data);
    cursor = pagination.nextCursor;
  } while (cursor);
  return rows;
}

/** What a scan found, in words that do not depend on the organization. */
export async function findingSet(api) {
  const findings = await all(api, "/findings?status=all");
  return findings
    .map(({ type, severity, status, region, resourceArn, resourceName }) =>
      [type, severity, status, region, resourceArn ?? resourceName].join(" | "),
    )
    .toSorted();
}
