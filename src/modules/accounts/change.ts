import { and, eq, sql } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { accounts } from "#db/schema";
import { notFound } from "#lib/fault";
import { audited, getAccount, refuseStale, type AccountRow, type ConnectedAccount } from "./account.ts";
import { handshake, storedCredential, type CredentialInput } from "./credential.ts";
import { servicesOf } from "./services.ts";

/** What may be changed of an account; what is left out stays. */
export interface AccountChanges {
  readonly name?: string | undefined;
  readonly environment?: string | undefined;
  readonly regions?: readonly string[] | null | undefined;
  readonly services?: readonly string[] | null | undefined;
  readonly credential?: CredentialInput | undefined;
}

/** Changes an account. Faults: RESOURCE_NOT_FOUND, PRECONDITION_FAILED, INVALID_REQUEST, METHOD_UNAVAILABLE. */
export async function changeAccount(
  org: OrgContext,
  { id: ref, ifMatch, ...changes }: AccountChanges & { readonly id: string; readonly ifMatch: number | null },
): Promise<ConnectedAccount> {
  const { row: before, openFindings } = await getAccount(org, ref);
  refuseStale(before.version, ifMatch);
  const after = await merged(org, before, changes);
  const { name, environment, regions, services, credential, updatedAt } = after;
  const update = org.db
    .update(accounts)
    .set({ name, environment, regions, services, credential, updatedAt, version: sql`${accounts.version} + 1` })
    .where(
      and(
        eq(accounts.orgId, org.id),
        eq(accounts.id, before.id),
        ifMatch === null ? undefined : eq(accounts.version, ifMatch),
      ),
    )
    .returning();
  const entry = {
    action: "account.update",
    target: { type: "account", id: before.id },
    before: audited(before),
    after: audited(after),
  } as const;
  const [updated] = await org.change(entry, [update]);
  // safe: `returning` answers rows of the table.
  const [row] = updated as AccountRow[];
  return row
    ? { row, openFindings, handshake: changes.credential ? handshake(org, row.credential) : null }
    : explainMiss(org, before.id, ifMatch);
}

async function merged(org: OrgContext, before: AccountRow, changes: AccountChanges): Promise<AccountRow> {
  const { name = before.name, environment = before.environment, regions = before.regions } = changes;
  const services = changes.services === undefined ? before.services : changes.services && servicesOf(changes.services);
  const credential = changes.credential ? await storedCredential(org, before, changes.credential) : before.credential;
  return { ...before, name, environment, regions, services, credential, updatedAt: org.now.toISOString() };
}

/** Somebody was faster: the account is gone or at another version. */
async function explainMiss(org: OrgContext, id: string, ifMatch: number | null): Promise<never> {
  const { row } = await getAccount(org, id);
  refuseStale(row.version, ifMatch);
  throw notFound("account");
}
