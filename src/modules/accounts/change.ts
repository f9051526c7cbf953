import { and, eq, sql } from "drizzle-orm";
import type { Naming } from "#db/change-version";
import type { OrgContext } from "#db/context";
import { accounts } from "#db/schema";
import { notFound, refuseStale } from "#lib/fault";
import { probeLater } from "#scans/probe";
import { audited, getAccount, type AccountRow, type ConnectedAccount } from "./account.ts";
import { handshake, storedCredential, type CredentialInput } from "./credential.ts";
import { mergedPace, type PaceInput } from "./pace.ts";
import { servicesOf } from "./services.ts";

/** What may be changed of an account; what is left out stays. */
export interface AccountChanges {
  readonly name?: string | undefined;
  readonly environment?: string | undefined;
  readonly regions?: readonly string[] | null | undefined;
  readonly services?: readonly string[] | null | undefined;
  /** Its members are merged; null, of one or of all: as usual. */
  readonly pace?: PaceInput | undefined;
  /** False: it is not scanned. */
  readonly enabled?: boolean | undefined;
  /** A new one makes the account `pending` until AWS lets us in by it. */
  readonly credential?: CredentialInput | undefined;
}

/** Changes an account. Faults: RESOURCE_NOT_FOUND, PRECONDITION_FAILED, INVALID_REQUEST, METHOD_UNAVAILABLE. */
export async function changeAccount(
  org: OrgContext,
  { id: ref, ifMatch, ...changes }: AccountChanges & Naming,
): Promise<ConnectedAccount> {
  const { row: before, openFindings } = await getAccount(org, ref);
  refuseStale("account", before.version, ifMatch);
  const after = await merged(org, before, changes);
  const update = org.db
    .update(accounts)
    .set({ ...changeable(after, changes.credential !== undefined), version: sql`${accounts.version} + 1` })
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
  if (!row) return explainMiss(org, before.id, ifMatch);
  if (!changes.credential) return { row, openFindings, handshake: null };
  probeLater(org, row);
  return { row, openFindings, handshake: await handshake(org, row) };
}

/** What a change writes. Of an account's state only what a new credential begins anew: a scan may be writing it, too. */
function changeable(
  { name, environment, regions, services, pace, enabled, credential, updatedAt }: AccountRow,
  isReentered: boolean,
): Partial<AccountRow> {
  const settings = { name, environment, regions, services, pace, enabled, updatedAt };
  return isReentered ? { ...settings, credential, status: "pending", lastError: null, connectedAt: null } : settings;
}

async function merged(org: OrgContext, before: AccountRow, changes: AccountChanges): Promise<AccountRow> {
  const { name = before.name, environment = before.environment, regions = before.regions } = changes;
  const { enabled = before.enabled } = changes;
  const services = changes.services === undefined ? before.services : changes.services && servicesOf(changes.services);
  const credential = changes.credential ? await storedCredential(org, before, changes.credential) : before.credential;
  const pace = changes.pace === undefined ? before.pace : mergedPace(before.pace, changes.pace);
  return {
    ...before,
    name,
    environment,
    regions,
    services,
    pace,
    enabled,
    credential,
    updatedAt: org.now.toISOString(),
  };
}

/** Somebody was faster: the account is gone or at another version. */
async function explainMiss(org: OrgContext, id: string, ifMatch: number | null): Promise<never> {
  const { row } = await getAccount(org, id);
  refuseStale("account", row.version, ifMatch);
  throw notFound("account");
}
