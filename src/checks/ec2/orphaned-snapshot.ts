import type { About, Check, Examples } from "#checks/check";
import { cents, snapshotMonthlyUsd } from "#prices/prices";
import { daysSince, isOlderThan } from "#checks/days";
import { exampleImage, exampleSnapshot, exampleVolume } from "./examples.ts";
import { isAbandoned } from "./shared.ts";

interface Params {
  readonly minAgeDays: number;
}

export const check: Check<"ec2.snapshots", Params, "ec2.volumes" | "ec2.images"> = {
  id: "orphaned_snapshot",
  severity: "low",
  category: "cost",
  domain: "cost",
  effort: "low",
  confidence: 0.8,
  drift: false,
  resources: ["ec2.snapshots"],
  reads: ["ec2.volumes", "ec2.images"],
  condense: {
    "ec2.snapshots": ({ attributes: { snapshotId, volumeId, volumeSizeGib, fullSizeBytes, storageTier } }) => ({
      snapshotId,
      volumeId,
      volumeSizeGib,
      fullSizeBytes,
      storageTier,
    }),
    "ec2.volumes": ({ attributes: { volumeId } }) => ({ volumeId }),
    "ec2.images": ({ attributes: { snapshotIds } }) => ({ snapshotIds }),
  },
  decisive: ["volumeSize"],
  params: { minAgeDays: 30 },
  judge(found, context) {
    const { attributes, createdAt, state } = found;
    if (state !== "completed") return null;
    if (createdAt === null) return { status: "unknown", reason: "ec2:DescribeSnapshots gave no start time" };
    const isOrphaned = isAbandoned(found, context.others("ec2.volumes"), context.others("ec2.images"));
    if (!isOrphaned || !isOlderThan(context.params.minAgeDays, createdAt, context.now)) return { status: "pass" };
    const { snapshotId, volumeId, volumeSizeGib, storageTier } = attributes;
    const monthly = snapshotMonthlyUsd(attributes);
    return {
      status: "fail",
      exposure: "idle",
      summary: `EBS snapshot ${snapshotId} is of volume ${volumeId ?? "unknown"}, which is gone, and no image uses it.`,
      details: { volumeId, volumeSize: volumeSizeGib, storageTier, createdAt },
      evidence: [
        { call: "ec2:DescribeSnapshots", field: "Snapshots[].VolumeId", value: volumeId },
        { call: "ec2:DescribeSnapshots", field: "Snapshots[].StartTime", value: createdAt },
      ],
      savingsMonthly: monthly === null ? null : cents(monthly),
    };
  },
  atRead: ({ createdAt }, now) => ({ ageDays: daysSince(createdAt, now) }),
};

export const about: About = {
  title: "EBS snapshot of a deleted volume, used by no image",
  rationale:
    "The volume it was taken of no longer exists in this region and no image starts from it, so probably nobody will restore it; storage is charged all the same.",
  remediation:
    "Delete the snapshot. If something obliges you to keep it, say so with a tag and archive it, which costs a quarter.",
  controls: {},
};

export const examples = (): Examples<"ec2.snapshots", Params> => {
  const now = new Date("2026-04-01T00:00:00Z");
  const snapshot = exampleSnapshot();
  const images = [exampleImage({ snapshotIds: [snapshot.attributes.snapshotId] })];
  return {
    pass: [
      { name: "its volume is there", found: snapshot, now, others: { "ec2.volumes": [exampleVolume()] } },
      { name: "an image stands on it", found: snapshot, now, others: { "ec2.images": images } },
      { name: "exactly as old as allowed", found: snapshot, now: new Date("2026-03-03T00:00:00.000Z") },
      { name: "AWS Backup keeps it", found: exampleSnapshot({}, { tags: { "aws:backup:source-resource": "x" } }), now },
      {
        name: "Lifecycle Manager keeps it",
        found: exampleSnapshot({}, { tags: { "aws:dlm:lifecycle-policy-id": "x" } }),
        now,
      },
    ],
    fail: [
      {
        name: "a millisecond older, another volume and another image exist",
        found: snapshot,
        now: new Date("2026-03-03T00:00:00.001Z"),
        others: { "ec2.volumes": [exampleVolume({ volumeId: "vol-0b" })], "ec2.images": [exampleImage()] },
        expect: { exposure: "idle", savingsMonthly: 2.5, details: { volumeSize: 50 } },
      },
      {
        name: "copied from elsewhere",
        found: exampleSnapshot({ volumeId: "vol-ffffffff" }),
        now,
        others: { "ec2.volumes": [exampleVolume()] },
      },
      {
        name: "known size",
        found: exampleSnapshot({ fullSizeBytes: 10 * 2 ** 30 }),
        now,
        expect: { savingsMonthly: 0.5 },
      },
      { name: "archived", found: exampleSnapshot({ storageTier: "archive" }), now, expect: { savingsMonthly: 0.63 } },
      { name: "size unknown", found: exampleSnapshot({ volumeSizeGib: null }), now },
    ],
    unknown: [{ name: "no start time", found: exampleSnapshot({}, { createdAt: null }), now }],
    notApplicable: [{ name: "still being taken", found: exampleSnapshot({}, { state: "pending" }), now }],
  };
};
