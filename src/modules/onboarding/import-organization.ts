import { AwsFault } from "#aws/fault";
import type { Found } from "#collectors/collector";
import { collector, type MemberAccount } from "#collectors/organizations/accounts";
import type { OrgContext } from "#db/context";
import { usualPace } from "#db/values";
import { Fault } from "#lib/fault";
import {
  accountsNamed,
  connectAccounts,
  getAccount,
  type AccountInput,
  type AccountRow,
  type ConnectedAccount,
} from "#modules/accounts";
import { openSession } from "#scans/session";

export interface ImportRequest {
  /** The connected management account: UUID or 12 digits. */
  readonly accountId: string;
  /** The members to enrol, 12 digits each; null: none, only list them. */
  readonly awsAccountIds: readonly string[] | null;
  readonly method: "keyless" | "role";
  /** The name the role has in every member account, path included. */
  readonly roleName: string;
  readonly environment: string;
}

/** An account of an AWS organization, and where it stands with us. */
export interface Member {
  readonly awsAccountId: string;
  readonly name: string;
  /** AWS's word: `ACTIVE`, `SUSPENDED`. */
  readonly state: string | null;
  readonly isManagement: boolean;
  /** Our UUID; null: not connected. */
  readonly accountId: string | null;
  /** What was connected by this request, with what is told once. */
  readonly enrolled: ConnectedAccount | null;
}

/**
 * Lists the accounts of an AWS organization as its management account tells them, and connects those chosen. Faults:
 * RESOURCE_NOT_FOUND; CONFLICT when the account is not a management account, or AWS does not tell; INVALID_REQUEST for a chosen
 * one that is no active member; METHOD_UNAVAILABLE.
 */
export async function importOrganization(org: OrgContext, request: ImportRequest): Promise<Member[]> {
  const { row } = await getAccount(org, request.accountId);
  const members = await membersOf(org, row);
  const chosen = new Set(request.awsAccountIds);
  refuseStrangers(chosen, members);
  const known = await accountsNamed(
    org,
    members.map(({ attributes }) => attributes.accountId),
  );
  const inputs = members.flatMap((member) => {
    const { accountId } = member.attributes;
    return chosen.has(accountId) && !known.has(accountId) ? [inputOf(request, member)] : [];
  });
  const tell = (connected: readonly ConnectedAccount[]): Member[] =>
    members.map((member) => told(member, known, connected));
  const [first, ...rest] = inputs;
  return first ? connectAccounts(org, [first, ...rest], tell) : tell([]);
}

function told(
  { name, state, attributes }: Found<MemberAccount, object>,
  known: ReadonlyMap<string, string>,
  connected: readonly ConnectedAccount[],
): Member {
  const { accountId: awsAccountId, isManagement } = attributes;
  const enrolled = connected.find(({ row }) => row.awsAccountId === awsAccountId) ?? null;
  const accountId = known.get(awsAccountId) ?? enrolled?.row.id ?? null;
  return { awsAccountId, name: name ?? awsAccountId, state, isManagement, accountId, enrolled };
}

async function membersOf(org: OrgContext, account: AccountRow): Promise<Found<MemberAccount, object>[]> {
  const pace = { ...usualPace, ...account.pace };
  const session = await openSession({ org, account, pace, sessionName: `cloudglass-${account.id}` }, "global");
  const context = { aws: session.caller(), place: session.place, now: org.now };
  try {
    const members = (await Array.fromAsync(collector.list(context))).flat();
    if (members.length > 0) return members;
  } catch (error) {
    if (error instanceof AwsFault)
      throw new Fault("CONFLICT", `AWS says ${error.code}. ${error.remedy}`, { cause: error });
    throw error;
  }
  throw new Fault(
    "CONFLICT",
    "Only the management account of an AWS organization knows its members. Connect that account, and name it here.",
  );
}

function refuseStrangers(chosen: ReadonlySet<string>, members: readonly Found<MemberAccount, object>[]): void {
  const active = new Set(members.filter(({ state }) => state === "ACTIVE").map((one) => one.attributes.accountId));
  const strange = [...chosen].filter((id) => !active.has(id));
  if (strange.length === 0) return;
  const message = `Not active accounts of this organization: ${strange.join(", ")}.`;
  throw new Fault("INVALID_REQUEST", message, { errors: [{ in: "body", pointer: "/awsAccountIds", message }] });
}

function inputOf(
  { method, roleName, environment }: ImportRequest,
  { name, attributes }: Found<MemberAccount, object>,
): AccountInput {
  const awsAccountId = attributes.accountId;
  return {
    name: (name ?? awsAccountId).slice(0, 100),
    environment,
    awsAccountId,
    credential: { method, roleArn: `arn:aws:iam::${awsAccountId}:role/${roleName}` },
    regions: null,
    services: null,
    pace: null,
  };
}
