import { z } from "zod";
import { listAt } from "#aws/answer";
import type { AwsCaller, Operation } from "#aws/caller";
import type { Collector, Found } from "#collectors/collector";
import {
  credentialReport,
  credentialReportActions,
  sameMoment,
  type CredentialReport,
  type CredentialRow,
} from "#collectors/credential-report";
import { isoDate, listUsers } from "./shapes.ts";

/** From the credential report, so `undefined` while it cannot be had or is older than the user. */
export interface User {
  readonly userId: string;
  readonly path: string;
  /** May sign in to the console. */
  readonly passwordEnabled: boolean | null | undefined;
  readonly passwordChangedAt: string | null | undefined;
  readonly mfaActive: boolean | undefined;
  /** Serial numbers of its virtual devices; keys and hardware tokens have none there. */
  readonly virtualMfaSerials: readonly string[] | undefined;
  /** Its access keys, the inactive ones too. */
  readonly accessKeys: readonly UserKey[] | undefined;
}

export interface UserKey {
  readonly slot: 1 | 2;
  readonly active: boolean;
  readonly rotatedAt: string | null;
}

export interface UserUse {
  /** null: never, or not since AWS began to track it in October 2014. */
  readonly passwordLastUsedAt: string | null;
  /** By slot; `undefined` without a row in the credential report. */
  readonly accessKeysLastUsed: readonly { readonly slot: 1 | 2; readonly at: string | null }[] | undefined;
}

const listVirtualDevices: Operation = { service: "iam", action: "ListVirtualMFADevices" };
const listDevices: Operation = { service: "iam", action: "ListMFADevices" };

const ListedUser = z.object({
  UserName: z.string(),
  UserId: z.string(),
  Path: z.string(),
  Arn: z.string(),
  CreateDate: isoDate,
  PasswordLastUsed: isoDate.optional(),
});
const VirtualDevice = z.object({ SerialNumber: z.string(), User: z.object({ Arn: z.string() }).optional() });
const More = z.object({ Marker: z.string().optional() });

/**
 * Source: IAM API 2010-05-08, ListUsers (1,000 per page), the credential report, ListVirtualMFADevices of the assigned ones,
 * and ListMFADevices for users without a row in the report. ListUsers gives no tags.
 */
export const collector: Collector<User, UserUse> = {
  id: "iam.users",
  service: "iam",
  resourceType: "AWS::IAM::User",
  scope: "global",
  actions: ["iam:ListUsers", "iam:ListVirtualMFADevices", "iam:ListMFADevices", ...credentialReportActions],
  async *list({ aws }) {
    const report = await credentialReport(aws);
    const serials = await virtualSerials(aws);
    for await (const page of aws.pages(listUsers)) {
      const users = z.array(ListedUser).parse(listAt(page, "Users.member"));
      yield await Promise.all(users.map((user) => found(aws, user, rowOf(user, report), serials)));
    }
  },
};

/** A row of another user who had the same name before is not this user's. */
function rowOf(user: z.infer<typeof ListedUser>, report: CredentialReport | undefined): CredentialRow | undefined {
  const row = report?.users.get(user.Arn);
  return row && sameMoment(row.createdAt, user.CreateDate) ? row : undefined;
}

async function found(
  aws: AwsCaller,
  user: z.infer<typeof ListedUser>,
  row: CredentialRow | undefined,
  serials: ReadonlyMap<string, readonly string[]> | undefined,
): Promise<Found<User, UserUse>> {
  const keys = row?.keys.filter((key) => key.active || key.rotatedAt !== null);
  return {
    nativeId: user.Arn,
    arn: user.Arn,
    name: user.UserName,
    state: null,
    tags: {},
    createdAt: user.CreateDate,
    region: null,
    attributes: {
      userId: user.UserId,
      path: user.Path,
      passwordEnabled: row?.passwordEnabled,
      passwordChangedAt: row?.passwordChangedAt,
      mfaActive: row ? row.mfaActive : await hasDevice(aws, user.UserName),
      virtualMfaSerials: serials && (serials.get(user.Arn) ?? []),
      accessKeys: keys?.map(({ slot, active, rotatedAt }) => ({ slot, active, rotatedAt })),
    },
    observed: {
      passwordLastUsedAt: later(row?.passwordLastUsedAt, user.PasswordLastUsed),
      accessKeysLastUsed: keys?.map(({ slot, lastUsedAt }) => ({ slot, at: lastUsedAt })),
    },
  };
}

/** The report may be hours behind the list, and the list leaves out what the report has kept. */
const later = (a: string | null | undefined, b: string | null | undefined): string | null =>
  [a, b]
    .filter((date) => typeof date === "string")
    .toSorted()
    .at(-1) ?? null;

async function hasDevice(aws: AwsCaller, userName: string): Promise<boolean | undefined> {
  const answer = await aws.attempt(listDevices, { UserName: userName });
  return answer === undefined ? undefined : listAt(answer, "MFADevices.member").length > 0;
}

/** Serial numbers by user ARN; `undefined` when a page of them could not be read. */
async function virtualSerials(aws: AwsCaller): Promise<ReadonlyMap<string, readonly string[]> | undefined> {
  const devices: z.infer<typeof VirtualDevice>[] = [];
  const input = { AssignmentStatus: "Assigned", MaxItems: 1000 };
  const markers = new Set<string | undefined>();
  for (let marker: string | undefined; !markers.has(marker);) {
    markers.add(marker);
    const answer = await aws.attempt(listVirtualDevices, marker === undefined ? input : { ...input, Marker: marker });
    if (answer === undefined) return undefined;
    devices.push(...z.array(VirtualDevice).parse(listAt(answer, "VirtualMFADevices.member")));
    marker = More.parse(answer).Marker;
    if (marker === undefined || marker === "") return byUser(devices);
  }
  return undefined;
}

function byUser(devices: readonly z.infer<typeof VirtualDevice>[]): ReadonlyMap<string, readonly string[]> {
  const groups = Map.groupBy(devices, (device) => device.User?.Arn ?? "");
  return new Map([...groups].map(([arn, group]) => [arn, group.map((device) => device.SerialNumber).toSorted()]));
}
