import { env } from "cloudflare:workers";
import { accounts } from "#db/schema";
import { orgDatabase, newMeter } from "#db/database";
import type { Env } from "#env";
import { and, eq } from "drizzle-orm";
import { api, origin, send } from "../../support/api.ts";
import type { TestOrg } from "../../support/org.ts";

export type AccountData = Record<string, unknown> & { readonly id: string };

/** Twelve digits that no other test has. */
export const newAwsAccountId = (): string =>
  `5${[...crypto.getRandomValues(new Uint8Array(11))].map((byte) => byte % 10).join("")}`;

/** Changes a simulated AWS account; see simulator/README.md. */
export async function arrange(awsAccountId: string, settings: object): Promise<void> {
  const request = new Request(`https://simulator.internal/accounts/${awsAccountId}`, {
    method: "PUT",
    body: JSON.stringify(settings),
  });
  const answer = await env.AWS?.fetch(request);
  if (!answer?.ok) throw new Error(await answer?.text());
}

/** `AssumeRole` → how often it was asked of a simulated account. */
export async function callsOf(awsAccountId: string): Promise<ReadonlyMap<string, number>> {
  const answer = await env.AWS?.fetch(`https://simulator.internal/accounts/${awsAccountId}/calls`);
  const calls = (await answer?.json()) as { action: string; count: number }[];
  return new Map(calls.map(({ action, count }) => [action, count]));
}

export const roleOf = (awsAccountId: string): string => `arn:aws:iam::${awsAccountId}:role/cloudglass`;

/** Connects an account by a role, and answers it with what was told once. */
export async function connectRole(
  org: TestOrg,
  method: "keyless" | "role",
  awsAccountId: string,
): Promise<AccountData> {
  const { status, body, text } = await api(org.keys.admin).post<{ data: AccountData }>("/accounts", {
    name: "Production",
    environment: "production",
    awsAccountId,
    credential: { method, roleArn: roleOf(awsAccountId) },
  });
  if (status !== 201) throw new Error(text);
  return body.data;
}

export const getAccount = async (org: TestOrg, id: string): Promise<AccountData> =>
  (await api(org.keys.viewer).get<{ data: AccountData }>(`/accounts/${id}`)).body.data;

/** The keys as AWS reads them. */
export const jwks = async (): Promise<{ keys: { kid: string }[] }> =>
  (await send<{ keys: { kid: string }[] }>("GET", `${origin}/.well-known/jwks.json`)).body;

/** The row as the probe reads it. */
export async function accountRowOf(orgId: string, id: string) {
  const [row] = await orgDatabase(env.DB, orgId, newMeter())
    .select()
    .from(accounts)
    .where(and(eq(accounts.orgId, orgId), eq(accounts.id, id)));
  if (!row) throw new Error("No such account");
  return row;
}

/** The deployment with something else in the place of AWS. */
export const withAws = (fetch: (request: Request) => Promise<Response>): Env =>
  ({ ...env, AWS: { fetch } }) as unknown as Env;

/** Everything that is stored of an organization, as one text: its rows in every table, those of no organization, and the cache. */
export async function everythingStored(orgId: string): Promise<string> {
  const { results } = await env.DB.prepare(
    `SELECT m.name, EXISTS (SELECT 1 FROM pragma_table_info(m.name) AS c WHERE c.name = 'org_id') AS owned FROM sqlite_master AS m
     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '\\_%' ESCAPE '\\' AND m.name NOT LIKE 'd1%'`,
  ).all<{ name: string; owned: number }>();
  const tables = await env.DB.batch(
    results.map(({ name, owned }) =>
      owned === 1
        ? env.DB.prepare(`SELECT * FROM ${name} WHERE org_id = ?1`).bind(orgId)
        : env.DB.prepare(`SELECT * FROM ${name}`),
    ),
  );
  const { keys } = await env.KEYS.list();
  const values = await Promise.all(keys.map(async ({ name }) => env.KEYS.get(name)));
  return JSON.stringify([tables.map((table) => table.results), keys, values]);
}
