import { z } from "zod";
import { listAt } from "#aws/answer";
import type { AwsCaller, Operation } from "#aws/caller";
import type { Collector, Found } from "#collectors/collector";
import {
  credentialReport,
  credentialReportActions,
  sameMoment,
  type CredentialReport,
  type KeySlot,
} from "#collectors/credential-report";
import { isoDate, listUsers } from "./shapes.ts";

export interface AccessKey {
  readonly userName: string;
  readonly active: boolean;
}

export interface AccessKeyUse {
  /** null: never used; `undefined`: the credential report could not be had or is older than the key. */
  readonly lastUsedAt: string | null | undefined;
}

const listAccessKeys: Operation = { service: "iam", action: "ListAccessKeys" };
const usersAtOnce = 100;

const ListedUser = z.object({ UserName: z.string(), Arn: z.string() });
const ListedKey = z.object({ AccessKeyId: z.string(), Status: z.string(), CreateDate: isoDate });

interface Owner {
  readonly userName: string;
  /** What the report says of its keys. */
  readonly slots: readonly KeySlot[];
}

/**
 * Source: IAM API 2010-05-08, ListAccessKeys (a user has at most two, so one page each) for the users to whom the credential
 * report gives a key, or for every user of ListUsers when there is no report. The secret of a key never changes, so its
 * age is that of the key. Root keys cannot be listed: `iam.accounts` says whether there are any.
 */
export const collector: Collector<AccessKey, AccessKeyUse> = {
  id: "iam.accessKeys",
  service: "iam",
  resourceType: "AWS::IAM::AccessKey",
  scope: "global",
  actions: ["iam:ListAccessKeys", "iam:ListUsers", ...credentialReportActions],
  async *list({ aws }) {
    const report = await credentialReport(aws);
    for await (const owners of report === undefined ? everyUser(aws) : usersWithKeys(report)) {
      const keys = await Promise.all(owners.map((owner) => keysOf(aws, owner, report)));
      yield keys.flat();
    }
  },
};

async function* everyUser(aws: AwsCaller): AsyncGenerator<Owner[]> {
  for await (const page of aws.pages(listUsers)) {
    const users = z.array(ListedUser).parse(listAt(page, "Users.member"));
    yield users.map((user) => ({ userName: user.UserName, slots: [] }));
  }
}

function* usersWithKeys(report: CredentialReport): Generator<Owner[]> {
  const owners = [...report.users.values()]
    .filter((row) => row !== report.root)
    .map((row) => ({
      userName: row.userName,
      slots: row.keys.filter((key) => key.active || key.rotatedAt !== null),
    }))
    .filter((owner) => owner.slots.length > 0);
  for (let at = 0; at < owners.length; at += usersAtOnce) yield owners.slice(at, at + usersAtOnce);
}

async function keysOf(
  aws: AwsCaller,
  { userName, slots }: Owner,
  report: CredentialReport | undefined,
): Promise<Found<AccessKey, AccessKeyUse>[]> {
  const input = { UserName: userName };
  // A user who is gone since has no keys. Any other fault must end the list, or keys would seem to be gone: `call` throws it.
  const listed = await aws.attempt(listAccessKeys, input, ["NoSuchEntity"]);
  const answer = listed === undefined ? await aws.call(listAccessKeys, input) : listed;
  const keys = z.array(ListedKey).parse(listAt(answer, "AccessKeyMetadata.member"));
  return keys.map((key) => ({
    nativeId: key.AccessKeyId,
    arn: null,
    name: key.AccessKeyId,
    state: key.Status,
    tags: {},
    createdAt: key.CreateDate,
    region: null,
    attributes: { userName, active: key.Status === "Active" },
    observed: { lastUsedAt: slotOf(key, keys, slots, report)?.lastUsedAt },
  }));
}

/**
 * The report names no key ids: a slot is a key's if it was made when the key was, or if there is but one of each. Two keys
 * made at once and used differently cannot be told apart.
 */
function slotOf(
  key: z.infer<typeof ListedKey>,
  keys: readonly z.infer<typeof ListedKey>[],
  slots: readonly KeySlot[],
  report: CredentialReport | undefined,
): KeySlot | undefined {
  const same = slots.filter((slot) => sameMoment(slot.rotatedAt, key.CreateDate));
  if (same.length > 0) return same.every((slot) => slot.lastUsedAt === same[0]?.lastUsedAt) ? same[0] : undefined;
  const olderThanReport = report !== undefined && key.CreateDate < report.generatedAt;
  return olderThanReport && keys.length === 1 && slots.length === 1 ? slots[0] : undefined;
}
