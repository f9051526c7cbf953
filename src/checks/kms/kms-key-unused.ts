import type { About, Check, Examples } from "#checks/check";
import { daysSince, isOlderThan } from "#checks/days";
import { cents } from "#prices/prices";
import { keyMonthlyUsd } from "#prices/kms";
import { exampleKey, exampleUnreadKey } from "./examples.ts";
import { called, undescribed, userIds, users, usersOf, type User } from "./shared.ts";

interface Params {
  readonly minDays: number;
}

export const check: Check<"kms.keys", Params, User> = {
  id: "kms_key_unused",
  severity: "low",
  category: "cost",
  domain: "cost",
  effort: "medium",
  confidence: 0.5,
  drift: false,
  resources: ["kms.keys"],
  reads: userIds,
  condense: {
    ...users,
    "kms.keys": ({ attributes: { keyId, aliases, keyManager } }) => ({ keyId, aliases, keyManager }),
  },
  decisive: ["state"],
  params: { minDays: 90 },
  /** AWS does not say since when a key is disabled, so its age decides there, too. */
  judge(key, { now, params, others, place }) {
    const { state, createdAt, attributes } = key;
    if (attributes.keyManager === undefined || state === null) return undescribed;
    if (attributes.keyManager !== "CUSTOMER" || (state !== "Enabled" && state !== "Disabled")) return null;
    if (createdAt === null) return { status: "unknown", reason: "kms:DescribeKey does not say when it was made" };
    const isNamed = state === "Enabled" && attributes.aliases.length > 0;
    if (isNamed || !isOlderThan(params.minDays, createdAt, now)) return { status: "pass" };
    const lists = userIds.map((id) => others(id));
    if (usersOf(key, place.region, lists).length > 0) return { status: "pass" };
    return {
      status: "fail",
      exposure: "idle",
      summary: `KMS key ${called(key)} is ${state === "Disabled" ? "disabled" : "without an alias"}, and nothing that was found is encrypted under it.`,
      details: { state, createdAt },
      evidence: [
        { call: "kms:DescribeKey", field: "KeyMetadata.KeyState", value: state },
        { call: "kms:DescribeKey", field: "KeyMetadata.CreationDate", value: createdAt },
        { call: "kms:ListAliases", field: "Aliases[].TargetKeyId", value: attributes.aliases },
      ],
      savingsMonthly: cents(keyMonthlyUsd(state)),
    };
  },
  atRead: ({ createdAt }, now) => ({ ageDays: daysSince(createdAt, now) }),
};

export const about: About = {
  title: "A KMS key is paid for that nothing seems to need",
  rationale: "A key of your own costs a dollar a month, and the first two rotations a dollar each on top.",
  remediation:
    "Look in CloudTrail whether anybody decrypted with it in the last months. If not, schedule its deletion with the longest wait, 30 days.",
  controls: { iso_27001_2022: ["A.8.5", "A.8.11", "A.8.24"] },
};

export function examples(): Examples<"kms.keys", Params> {
  const now = new Date("2026-06-01T00:00:00.000Z");
  const edge = "2026-03-03T00:00:00.000Z";
  const before = "2026-03-02T23:59:59.000Z";
  const nameless = { aliases: [] };
  const found = exampleKey(nameless, { name: null });
  const using = (attributes: object) => [{ nativeId: "x", attributes }];
  return {
    pass: [
      { name: "an alias", now, found: exampleKey() },
      { name: "90 days old to the second", now, found: exampleKey(nameless, { createdAt: edge }) },
      { name: "a queue is under it", now, found, others: { "sqs.queues": using({ kmsMasterKeyId: found.nativeId }) } },
      { name: "a snapshot is under it", now, found, others: { "ec2.snapshots": using({ kmsKeyId: found.nativeId }) } },
      {
        name: "disabled, and a volume is under it",
        now,
        found: exampleKey({}, { state: "Disabled" }),
        others: { "ec2.volumes": using({ kmsKeyId: found.nativeId }) },
      },
      { name: "a longer time allowed", now, found, params: { minDays: 1000 } },
    ],
    fail: [
      {
        name: "no alias, nothing under it",
        now,
        found: exampleKey(nameless, { name: null, createdAt: before }),
        others: { "ec2.volumes": using({ kmsKeyId: `${found.nativeId}0` }), "sqs.queues": using({}) },
        expect: { severity: "low", exposure: "idle", savingsMonthly: 1, details: { state: "Enabled" } },
      },
      {
        name: "disabled, with an alias",
        now,
        found: exampleKey({}, { state: "Disabled" }),
        expect: { savingsMonthly: 1, details: { state: "Disabled" } },
      },
    ],
    unknown: [
      { name: "description denied", now, found: exampleUnreadKey() },
      { name: "no date", now, found: exampleKey(nameless, { createdAt: null }) },
    ],
    notApplicable: [
      { name: "about to be deleted", now, found: exampleKey(nameless, { state: "PendingDeletion" }) },
      { name: "waits for its material", now, found: exampleKey(nameless, { state: "PendingImport" }) },
    ],
  };
}
