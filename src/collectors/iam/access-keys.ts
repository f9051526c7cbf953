import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { CollectContext, Collector, Found } from "#collectors/collector";
import {
  credentialReportActions,
  sameMoment,
  wholeCredentialReport,
  type CredentialReport,
  type KeySlot,
} from "#collectors/credential-report";
import { date, wholeListOf } from "#collectors/xml";

export interface AccessKey {
  readonly userName: string;
  readonly userArn: string;
  readonly active: boolean;
}

export interface AccessKeyObserved {
  /** null: never used; `undefined`: the key is newer than the credential report. */
  readonly lastUsedAt: string | null | undefined;
  /** null: not asked for, because nothing is wrong with the keys of its user; `undefined`: could not be read. */
  readonly accessKeyId: string | null | undefined;
}

const listAccessKeys: Operation = { service: "iam", action: "ListAccessKeys" };

const ListedKey = z.object({ AccessKeyId: z.string(), Status: z.string(), CreateDate: date });
type ListedKey = z.infer<typeof ListedKey>;

const Page = z.object({ AccessKeyMetadata: wholeListOf("member", ListedKey) });

interface Owner {
  readonly userName: string;
  readonly userArn: string;
  /** Its keys as the report has them: one or two. */
  readonly keys: readonly KeySlot[];
  readonly reportedAt: string;
}

/** As old as CIS AWS Foundations 3.0 allows an active key (1.14) and one that is not used (1.12) to become. */
const rotatedDays = 90;
const unusedDays = 45;
const dayMs = 86_400_000;

/** Only findings name a key's id, and the report has no ids. */
function needsId({ active, rotatedAt, lastUsedAt }: KeySlot, now: Date): boolean {
  const isOlder = (at: string | null, days: number): boolean =>
    at !== null && now.getTime() - Date.parse(at) > days * dayMs;
  return active && (isOlder(rotatedAt, rotatedDays) || isOlder(lastUsedAt ?? rotatedAt, unusedDays));
}

/**
 * Source: the credential report, and IAM API 2010-05-08, ListAccessKeys (a user has at most two, so one page) for the users
 * one of whose keys is too old or unused. The secret of a key never changes, so its age is that of the key, and user and date
 * name it. Root keys are not among them: `iam.accounts` says whether there are any.
 */
export const collector: Collector<AccessKey, AccessKeyObserved, Owner> = {
  id: "iam.accessKeys",
  service: "iam",
  resourceType: "AWS::IAM::AccessKey",
  scope: "global",
  actions: ["iam:ListAccessKeys", ...credentialReportActions],
  async *list({ aws }) {
    const owners = ownersOf(await wholeCredentialReport(aws));
    if (owners.length > 0) yield owners;
  },
  async describe(context, owners) {
    return (await Promise.all(owners.map((owner) => keysOf(context, owner)))).flat();
  },
};

const ownersOf = (report: CredentialReport): Owner[] =>
  [...report.users.values()]
    .filter((row) => row !== report.root)
    .map((row) => ({
      userName: row.userName,
      userArn: row.arn,
      keys: row.keys.filter((key) => key.active || key.rotatedAt !== null),
      reportedAt: report.generatedAt,
    }))
    .filter(({ keys }) => keys.length > 0);

async function keysOf({ aws, now }: CollectContext, owner: Owner): Promise<Found<AccessKey, AccessKeyObserved>[]> {
  const { keys } = owner;
  if (!keys.some((key) => needsId(key, now))) return keys.map((key) => found(owner, key, null));
  const answer = await aws.attempt(listAccessKeys, { UserName: owner.userName }, ["NoSuchEntity"]);
  if (answer === null) return [];
  if (answer === undefined) return keys.map((key) => found(owner, key, undefined));
  const listed = Page.parse(answer).AccessKeyMetadata;
  const paired = pairs(owner, listed);
  const newer = listed.filter((one) => ![...paired.values()].includes(one));
  const areTwins =
    listed.length > 1 && listed.every((one) => sameMoment(one.CreateDate, listed[0]?.CreateDate ?? null));
  return [
    ...[...paired].map(([key, one]) =>
      areTwins ? found(owner, key, null) : found(owner, { ...key, active: isActive(one) }, one.AccessKeyId),
    ),
    ...newer.map((one) => found(owner, unreported(one), one.AccessKeyId)),
  ];
}

/**
 * Which listed key is which of the report: by the date, and those left over, should the report date a key otherwise, in their
 * order. A key of the report without one is gone; a listed key without one is newer than the report.
 */
function pairs({ keys, reportedAt }: Owner, listed: readonly ListedKey[]): Map<KeySlot, ListedKey> {
  const paired = new Map<KeySlot, ListedKey>();
  const left = [...listed];
  const pair = (fits: (one: ListedKey, key: KeySlot) => boolean): void => {
    for (const key of keys.filter((one) => !paired.has(one))) {
      const at = left.findIndex((one) => fits(one, key));
      for (const one of at < 0 ? [] : left.splice(at, 1)) paired.set(key, one);
    }
  };
  pair((one, key) => sameMoment(one.CreateDate, key.rotatedAt));
  pair((one) => one.CreateDate < reportedAt);
  return paired;
}

/** The report is up to four hours behind. */
const isActive = ({ Status }: ListedKey): boolean => Status === "Active";

/** A key as the report will have it; its use is not known before. */
const unreported = (key: ListedKey) => ({ active: isActive(key), rotatedAt: key.CreateDate, lastUsedAt: undefined });

function found(
  { userName, userArn, keys }: Owner,
  key: Pick<KeySlot, "active" | "rotatedAt"> & {
    readonly slot?: 1 | 2;
    readonly lastUsedAt: string | null | undefined;
  },
  accessKeyId: string | null | undefined,
): Found<AccessKey, AccessKeyObserved> {
  const first = keys.find((one) => sameMoment(one.rotatedAt, key.rotatedAt));
  const twin = first === undefined || first.slot === key.slot ? "" : "/2";
  return {
    nativeId: `${userArn}/access-key/${key.rotatedAt?.slice(0, 19) ?? ""}${twin}`,
    arn: null,
    name: userName,
    state: key.active ? "Active" : "Inactive",
    tags: {},
    createdAt: key.rotatedAt,
    region: null,
    costMonthly: 0,
    attributes: { userName, userArn, active: key.active },
    observed: { lastUsedAt: key.lastUsedAt, accessKeyId },
  };
}
