import type { InferSelectModel } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { accounts } from "#db/schema";
import { notFound } from "#lib/fault";
import { isAccount } from "./account-filter.ts";
import type { Handshake } from "./credential.ts";

export type AccountRow = InferSelectModel<typeof accounts>;

/** An account with what is counted of it. */
export interface Account {
  readonly row: AccountRow;
  readonly openFindings: number;
}

/** An account just connected or given another credential, with what is told once. */
export interface ConnectedAccount extends Account {
  readonly handshake: Handshake | null;
}

/** One account by UUID or 12 digits: zero or one row. */
export const accountStatement = (org: OrgContext, ref: string): Statement =>
  org.db.select().from(accounts).where(isAccount(org, ref));

/** The counters of open findings by account; of one account where it is named. */
export const openFindingsStatement = (org: OrgContext, ref?: string): Statement =>
  org.db.sql(
    `SELECT value AS accountId, open FROM counters WHERE org_id = ?1 AND subject = 'finding' AND dimension = 'account'
     ${ref === undefined ? "" : "AND value = (SELECT id FROM accounts WHERE org_id = ?1 AND (id = ?2 OR aws_account_id = ?2))"}`,
    ...(ref === undefined ? [org.id] : [org.id, ref]),
  );

/** How many findings are open, by account. */
export const openFindingsIn = (answer: unknown): ReadonlyMap<string, number> =>
  // safe: the statement above selects these two columns.
  new Map((answer as { accountId: string; open: number }[]).map(({ accountId, open }) => [accountId, open]));

/** One account by UUID or 12 digits. Fault: RESOURCE_NOT_FOUND. */
export async function getAccount(org: OrgContext, ref: string): Promise<Account> {
  const [found, counted] = await org.db.atomic([accountStatement(org, ref), openFindingsStatement(org, ref)]);
  // safe: the statement above answers rows of the table.
  const [row] = found as AccountRow[];
  if (!row) throw notFound("account");
  return { row, openFindings: openFindingsIn(counted).get(row.id) ?? 0 };
}

/** What the audit log tells of an account. */
export const audited = ({
  name,
  environment,
  awsAccountId,
  regions,
  services,
  pace,
  enabled,
  credential,
}: AccountRow): Record<string, unknown> => ({
  name,
  environment,
  awsAccountId,
  regions,
  services,
  pace,
  enabled,
  credentialMethod: credential.method,
  credential,
});
