import type { OrgContext } from "#db/context";
import { accounts } from "#db/schema";
import { Fault } from "#lib/fault";
import { accountStatement, audited, type AccountRow, type ConnectedAccount } from "./account.ts";
import { handshake, storedCredential, type CredentialInput } from "./credential.ts";
import { servicesOf } from "./services.ts";

export interface AccountInput {
  readonly name: string;
  readonly environment: string;
  readonly awsAccountId: string;
  readonly credential: CredentialInput;
  readonly regions: readonly string[] | null;
  readonly services: readonly string[] | null;
}

/** Connects an AWS account. Faults: CONFLICT (connected already), INVALID_REQUEST, METHOD_UNAVAILABLE. */
export async function connectAccount(org: OrgContext, input: AccountInput): Promise<ConnectedAccount> {
  const row = await newRow(org, input);
  const connected = { row, openFindings: 0, handshake: handshake(org, row.credential) };
  const insert = org.db.insert(accounts).values(row).onConflictDoNothing().returning();
  const entry = { action: "account.connect", target: { type: "account", id: row.id }, after: audited(row) } as const;
  const [inserted] = await org.change(entry, [insert], connected);
  // safe: `returning` answers rows of the table.
  return (inserted as AccountRow[]).length > 0 ? connected : connectedBefore(org, row);
}

async function newRow(org: OrgContext, { credential, services, ...input }: AccountInput): Promise<AccountRow> {
  const id = org.newId();
  const now = org.now.toISOString();
  return {
    ...input,
    orgId: org.id,
    id,
    services: services && servicesOf(services),
    credential: await storedCredential(org, { id, awsAccountId: input.awsAccountId }, credential),
    status: "pending",
    lastError: null,
    isManagement: false,
    pace: null,
    scanSeq: 0,
    lastScanId: null,
    lastScanAt: null,
    lastScanState: null,
    connectedAt: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

/** A repeated request meets its own row; anybody else's is a conflict. */
async function connectedBefore(org: OrgContext, { id, awsAccountId }: AccountRow): Promise<ConnectedAccount> {
  const [found] = await org.db.atomic([accountStatement(org, awsAccountId)]);
  // safe: the statement answers rows of the table.
  const [row] = found as AccountRow[];
  if (row?.id === id) return { row, openFindings: 0, handshake: handshake(org, row.credential) };
  throw new Fault("CONFLICT", `AWS account ${awsAccountId} is connected already${row ? ` as ${row.id}` : ""}.`);
}
