import type { About, Check, Examples } from "#checks/check";
import { daysUntil } from "#checks/days";
import { exampleKey, exampleKeyId, exampleUnreadKey } from "./examples.ts";
import { called, storeIds, stores, undescribed, usersOf, type Store } from "./shared.ts";

export const check: Check<"kms.keys", object, Store> = {
  id: "kms_key_pending_deletion",
  severity: "high",
  category: "reliability",
  domain: "resilience",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["kms.keys"],
  reads: storeIds,
  condense: {
    ...stores,
    "kms.keys": ({ attributes: { keyId, aliases, keyManager, deletionAt } }) => ({
      keyId,
      aliases,
      keyManager,
      deletionAt,
    }),
  },
  decisive: ["deletionDate"],
  params: {},
  judge(key, { others, place }) {
    const { keyManager, deletionAt } = key.attributes;
    if (key.state === null || keyManager === undefined) return undescribed;
    if (key.state !== "PendingDeletion" && key.state !== "PendingReplicaDeletion") return { status: "pass" };
    const dependants = usersOf(
      key,
      place.region,
      storeIds.map((id) => others(id)),
    );
    const when = deletionAt ? `will be deleted on ${deletionAt.slice(0, 10)}` : "will be deleted after its replicas";
    return {
      status: "fail",
      severity: dependants.length > 0 ? "critical" : "medium",
      summary: `KMS key ${called(key)} ${when}${dependants.length > 0 ? ", and there are things encrypted under it" : ""}.`,
      details: {
        deletionDate: deletionAt ?? null,
        dependants: dependants.slice(0, shownMax),
        dependantCount: dependants.length,
      },
      evidence: [
        { call: "kms:DescribeKey", field: "KeyMetadata.KeyState", value: key.state },
        { call: "kms:DescribeKey", field: "KeyMetadata.DeletionDate", value: deletionAt ?? null },
      ],
    };
  },
  atRead: ({ deletionDate }, now) =>
    typeof deletionDate === "string" ? { daysUntilDeletion: daysUntil(deletionDate, now) } : {},
};

const shownMax = 20;

export const about: About = {
  title: "A KMS key is about to be deleted",
  rationale: "On that day everything that is encrypted under the key becomes noise, backups and snapshots included.",
  remediation:
    "Cancel the deletion, disable the key, and see for some weeks whether anything complains. Delete it only when all that it encrypts is gone or lies under another key.",
  controls: {
    aws_fsbp: ["KMS.3"],
    iso_27001_2022: ["A.8.11", "A.8.24"],
    "pci_dss_4.0": [
      "3.5.1.1",
      "3.5.1.3",
      "3.6.1",
      "3.6.1.2",
      "3.6.1.3",
      "3.6.1.4",
      "3.7.1",
      "3.7.2",
      "3.7.4",
      "3.7.6",
      "3.7.7",
      "4.2.1.1",
    ],
  },
};

export function examples(): Examples<"kms.keys"> {
  const deletionAt = "2026-07-01T00:00:00.000Z";
  const found = exampleKey({ deletionAt }, { state: "PendingDeletion" });
  const arn = found.nativeId;
  const using = (nativeId: string, attributes: object, region?: string) => ({
    nativeId,
    attributes,
    ...(region && { region }),
  });
  const bucket = (kmsKeyId: string, region: string) => ({
    "s3.buckets": [using("arn:aws:s3:::acme", { encryption: [{ kmsKeyId }] }, region)],
  });
  const used = (name: string, others: Record<string, readonly unknown[]>, dependant: string) => ({
    name,
    found,
    others,
    expect: { severity: "critical" as const, details: { dependants: [dependant], dependantCount: 1 } },
  });
  return {
    pass: [{ name: "enabled", found: exampleKey() }],
    fail: [
      {
        name: "nothing is under it",
        found,
        others: {
          "ec2.volumes": [using("v1", { kmsKeyId: `${arn}0` }), using("v2", {})],
          ...bucket("alias/app", "us-east-1"),
        },
        expect: { severity: "medium", details: { deletionDate: deletionAt, dependants: [], dependantCount: 0 } },
      },
      used("a volume", { "ec2.volumes": [using("v1", { kmsKeyId: arn })] }, "v1"),
      used("a table", { "dynamodb.tables": [using("t1", { kmsKeyArn: arn })] }, "t1"),
      used("a secret, by the key's id", { "secretsmanager.secrets": [using("s1", { kmsKeyId: exampleKeyId })] }, "s1"),
      used("a secret, by an alias", { "secretsmanager.secrets": [using("s1", { kmsKeyId: "alias/app" })] }, "s1"),
      used(
        "a trail, by the ARN of an alias",
        { "cloudtrail.trails": [using("t1", { kmsKeyId: "arn:aws:kms:eu-west-1:111122223333:alias/app" })] },
        "t1",
      ),
      used("a bucket", bucket("alias/app", "eu-west-1"), "arn:aws:s3:::acme"),
      {
        name: "replicas first",
        found: exampleKey({ multiRegionKeyType: "PRIMARY" }, { state: "PendingReplicaDeletion" }),
        expect: { severity: "medium", details: { deletionDate: null } },
      },
    ],
    unknown: [{ name: "description denied", found: exampleUnreadKey() }],
  };
}
