import { z } from "zod";
import type { AwsCaller } from "#aws/caller";
import type { Collector, Found } from "#collectors/collector";
import {
  credentialReport,
  credentialReportActions,
  sameMoment,
  type CredentialReport,
  type CredentialRow,
} from "#collectors/credential-report";
import { related } from "#collectors/relations";
import { date, listOf } from "#collectors/xml";
import {
  attachedArns,
  boundaryArn,
  detailActions,
  detailPages,
  detailsIn,
  hasPolicies,
  inlinePolicies,
  memberTags,
  virtualMfaActions,
  virtualMfaSerials,
  type Permissions,
} from "./shapes.ts";

/** From the credential report, so `undefined` while it cannot be had or is older than the user. */
interface Credentials {
  /** May sign in to the console. */
  readonly passwordEnabled: boolean | null | undefined;
  readonly passwordChangedAt: string | null | undefined;
  /** Without the report a virtual device tells it, too. */
  readonly mfaActive: boolean | undefined;
  /** Its access keys, the inactive ones too. */
  readonly accessKeys: readonly UserKey[] | undefined;
}

export interface User extends Credentials, Permissions {
  readonly userId: string;
  readonly path: string;
  /** Serial numbers of its virtual devices; keys and hardware tokens have none there. */
  readonly virtualMfaSerials: readonly string[] | undefined;
  /** Names of the groups it is in. */
  readonly groups: readonly string[];
  readonly permissionsBoundaryArn: string | null;
}

export interface UserKey {
  readonly slot: 1 | 2;
  readonly active: boolean;
  readonly rotatedAt: string | null;
}

/** By the credential report; `undefined` without a row in it. */
export interface UserObserved {
  /** null: never, or not since AWS began to track it in October 2014. */
  readonly passwordLastUsedAt: string | null | undefined;
  /** By slot. */
  readonly accessKeysLastUsed: readonly { readonly slot: 1 | 2; readonly at: string | null }[] | undefined;
}

const DetailedUser = z.object({
  UserName: z.string(),
  UserId: z.string(),
  Path: z.string(),
  Arn: z.string(),
  CreateDate: date,
  UserPolicyList: inlinePolicies,
  GroupList: listOf("member", z.string()),
  AttachedManagedPolicies: attachedArns,
  PermissionsBoundary: boundaryArn,
  Tags: memberTags,
});
type DetailedUser = z.infer<typeof DetailedUser>;

/**
 * Source: IAM API 2010-05-08, GetAccountAuthorizationDetails, the credential report and ListVirtualMFADevices, each asked once
 * for all collectors that read it. No call is about a single user.
 */
export const collector: Collector<User, UserObserved> = {
  id: "iam.users",
  service: "iam",
  resourceType: "AWS::IAM::User",
  scope: "global",
  actions: [...detailActions, ...virtualMfaActions, ...credentialReportActions],
  async *list({ aws }) {
    for await (const page of detailPages(aws, "User")) {
      const users = detailsIn(page, "UserDetailList", DetailedUser);
      if (users.length > 0) yield await withCredentials(aws, users);
    }
  },
};

/** What else is read is asked for with the first users and remembered by the task. */
async function withCredentials(aws: AwsCaller, users: readonly DetailedUser[]): Promise<Found<User, UserObserved>[]> {
  const report = await credentialReport(aws);
  const serials = await virtualMfaSerials(aws);
  const groups = users.some(({ GroupList }) => GroupList.length > 0) ? await groupArns(aws) : undefined;
  return users.map((user) => found(user, { row: rowOf(user, report), serials, groups }));
}

const NamedGroup = z.object({ GroupName: z.string(), Arn: z.string() });

/** A user's groups come by name, but the ARN of a group holds its path. */
async function groupArns(aws: AwsCaller): Promise<ReadonlyMap<string, string>> {
  const arns = new Map<string, string>();
  for await (const page of detailPages(aws, "Group")) {
    for (const { GroupName, Arn } of detailsIn(page, "GroupDetailList", NamedGroup)) arns.set(GroupName, Arn);
  }
  return arns;
}

/** A row of another user who had the same name before is not this user's. */
function rowOf(user: DetailedUser, report: CredentialReport | undefined): CredentialRow | undefined {
  const row = report?.users.get(user.Arn);
  return row && sameMoment(row.createdAt, user.CreateDate) ? row : undefined;
}

interface Known {
  readonly row: CredentialRow | undefined;
  readonly serials: ReadonlyMap<string, readonly string[]> | undefined;
  readonly groups: ReadonlyMap<string, string> | undefined;
}

function found(user: DetailedUser, { row, serials, groups }: Known): Found<User, UserObserved> {
  const keys = row?.keys.filter((key) => key.active || key.rotatedAt !== null);
  const own = serials && (serials.get(user.Arn) ?? []);
  const memberOf = user.GroupList.flatMap((name) => groups?.get(name) ?? []);
  return {
    nativeId: user.Arn,
    arn: user.Arn,
    name: user.UserName,
    state: null,
    tags: user.Tags,
    createdAt: user.CreateDate,
    region: null,
    costMonthly: 0,
    relations: [...related("memberOf", "AWS::IAM::Group", memberOf), ...hasPolicies(user.AttachedManagedPolicies)],
    attributes: {
      userId: user.UserId,
      path: user.Path,
      passwordEnabled: row?.passwordEnabled,
      passwordChangedAt: row?.passwordChangedAt,
      mfaActive: row ? row.mfaActive : own && own.length > 0 ? true : undefined,
      virtualMfaSerials: own,
      accessKeys: keys?.map(({ slot, active, rotatedAt }) => ({ slot, active, rotatedAt })),
      groups: user.GroupList.toSorted(),
      managedPolicyArns: user.AttachedManagedPolicies,
      inlinePolicies: user.UserPolicyList,
      permissionsBoundaryArn: user.PermissionsBoundary,
    },
    observed: {
      passwordLastUsedAt: row?.passwordLastUsedAt,
      accessKeysLastUsed: keys?.map(({ slot, lastUsedAt }) => ({ slot, at: lastUsedAt })),
    },
  };
}
