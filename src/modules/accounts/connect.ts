import type { OrgContext } from "#db/context";
import { accounts } from "#db/schema";
import { Fault } from "#lib/fault";
import { probeLater } from "#scans/probe";
import { accountStatement, audited, type AccountRow, type ConnectedAccount } from "./account.ts";
import { handshake, storedCredential, type CredentialInput } from "./credential.ts";
import { mergedPace, type PaceInput } from "./pace.ts";
import { servicesOf } from "./services.ts";

export interface AccountInput {
  readonly name: string;
  readonly environment: string;
  readonly awsAccountId: string;
  readonly credential: CredentialInput;
  readonly regions: readonly string[] | null;
  readonly services: readonly string[] | null;
  /** Null, of a member or of all: as usual. */
  readonly pace: PaceInput;
  /** False: it is not scanned. Left out: it is. */
  readonly enabled?: boolean | undefined;
}

/** Connects an AWS account, and tries at once whether it lets us in. Faults: CONFLICT (connected already), INVALID_REQUEST, METHOD_UNAVAILABLE. */
export async function connectAccount(org: OrgContext, input: AccountInput): Promise<ConnectedAccount> {
  const connected = await newAccount(org, input);
  const { row } = connected;
  const insert = org.db.insert(accounts).values(row).onConflictDoNothing().returning();
  const entry = { action: "account.connect", target: { type: "account", id: row.id }, after: audited(row) } as const;
  const [inserted] = await org.change(entry, [insert], connected);
  // safe: `returning` answers rows of the table.
  if ((inserted as AccountRow[]).length === 0) return connectedBefore(org, row);
  probeLater(org, row);
  return connected;
}

/** Connects several accounts at once. `tell` makes of them what the caller is answered with. */
export async function connectAccounts<Answer>(
  org: OrgContext,
  inputs: readonly [AccountInput, ...AccountInput[]],
  tell: (connected: readonly ConnectedAccount[]) => Answer,
): Promise<Answer> {
  const connected: ConnectedAccount[] = [];
  for (const input of inputs) connected.push(await newAccount(org, input));
  const answer = tell(connected);
  const inserts = connected.map(({ row }) => org.db.insert(accounts).values(row).onConflictDoNothing());
  const [first, ...rest] = inserts;
  if (!first) return answer;
  const after = { accounts: connected.map(({ row }) => audited(row)) };
  const [{ row }] = connected as [ConnectedAccount];
  await org.change(
    { action: "account.import", target: { type: "account", id: row.id }, after },
    [first, ...rest],
    answer,
  );
  for (const one of connected) probeLater(org, one.row);
  return answer;
}

/** An account as it will be when it is connected, with what is told once. */
async function newAccount(org: OrgContext, input: AccountInput): Promise<ConnectedAccount> {
  const row = await newRow(org, input);
  return { row, openFindings: 0, handshake: await handshake(org, row) };
}

async function newRow(org: OrgContext, { credential, services, pace, ...input }: AccountInput): Promise<AccountRow> {
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
    monthlySpend: null,
    pace: mergedPace(null, pace),
    scanSeq: 0,
    lastScanId: null,
    lastScanAt: null,
    lastScanState: null,
    connectedAt: null,
    enabled: input.enabled ?? true,
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
  if (row?.id === id) return { row, openFindings: 0, handshake: await handshake(org, row) };
  throw new Fault("CONFLICT", `AWS account ${awsAccountId} is connected already${row ? ` as ${row.id}` : ""}.`);
}
