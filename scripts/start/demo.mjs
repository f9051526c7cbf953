// The demonstration organization, its key, and the simulated AWS account.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DEMO_ACCESS_KEY_ID, DEMO_ACCOUNT_ID, DEMO_SECRET_ACCESS_KEY } from "../../simulator/demo.ts";

/** The simulated account of `simulator/`: its credentials open nothing else. */
const demoAccount = {
  name: "Demo",
  environment: "production",
  awsAccountId: DEMO_ACCOUNT_ID,
  credential: { method: "access_key", accessKeyId: DEMO_ACCESS_KEY_ID, secretAccessKey: DEMO_SECRET_ACCESS_KEY },
};

/** A caller of the API. Throws what the API says is wrong. */
export const client = (origin, key) => async (method, route, body) => {
  const answer = await fetch(`${origin}/api/v1${route}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body ? { "content-type": "application/json" } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  const json = text === "" ? null : JSON.parse(text);
  if (!answer.ok) throw new Error(`${method} ${route}: ${json?.detail ?? answer.status}`);
  return json;
};

/** Makes what is missing, and starts a scan of the account. */
export async function connectDemo({ origin, state }) {
  const key = await keyOf(origin, state);
  const api = client(origin, key);
  const accounts = (await api("GET", "/accounts")).data;
  const account =
    accounts.find(({ awsAccountId }) => awsAccountId === demoAccount.awsAccountId) ??
    (await api("POST", "/accounts", demoAccount)).data;
  // A scan that was cut off when the runtime ended would wait for its lease to end.
  for (const { id } of (await api("GET", "/scans/active")).data) await api("POST", `/scans/${id}/cancel`);
  const [scan] = (await api("POST", "/scans", { accountIds: [account.id] })).data.scans;
  return { origin, key, api, account, scanId: scan.id };
}

/** The key is shown once, so it is kept beside the local database it belongs to. */
async function keyOf(origin, state) {
  const file = path.join(state, "key.json");
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")).key;
  const answer = await fetch(`${origin}/api/v1/bootstrap`, {
    method: "POST",
    headers: { authorization: "Bearer bootstrap-token-for-development", "content-type": "application/json" },
    body: JSON.stringify({ name: "Demo organization", slug: "demo" }),
  });
  const { data } = await answer.json();
  if (!answer.ok)
    throw new Error(`There is an organization in ${state}, but its key is lost. Delete ${state} and start again.`);
  mkdirSync(state, { recursive: true });
  writeFileSync(file, JSON.stringify({ key: data.key.key ?? data.key }));
  return data.key.key ?? data.key;
}
