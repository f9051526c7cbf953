import type { About, Check, Examples } from "#checks/check";
import { cents, snapshotMonthlyUsd } from "#prices/prices";
import { daysSince, isOlderThan } from "#checks/days";
import { exampleSnapshot, exampleVolume } from "./examples.ts";
import { hasTag, isAbandoned, isKeptByAws } from "./shared.ts";

interface Params {
  readonly maxAgeDays: number;
  /** Keys of tags that say a snapshot is meant to stay, in any case. */
  readonly keepTags: readonly string[];
}

export const check: Check<"ec2.snapshots", Params, "ec2.volumes" | "ec2.images"> = {
  id: "old_snapshot",
  severity: "low",
  category: "cost",
  domain: "cost",
  effort: "low",
  confidence: 0.7,
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
  decisive: [],
  params: { maxAgeDays: 365, keepTags: ["retain", "legal-hold"] },
  judge(found, context) {
    const { attributes, createdAt, state, tags } = found;
    const { maxAgeDays, keepTags } = context.params;
    if (state !== "completed") return null;
    if (createdAt === null) return { status: "unknown", reason: "ec2:DescribeSnapshots gave no start time" };
    const isMeantToStay = attributes.storageTier !== "standard" || isKeptByAws(tags) || hasTag(tags, keepTags);
    if (isMeantToStay || !isOlderThan(maxAgeDays, createdAt, context.now)) return { status: "pass" };
    // Its money is counted once: orphaned_snapshot reports it.
    if (isAbandoned(found, context.others("ec2.volumes"), context.others("ec2.images"))) return null;
    const monthly = snapshotMonthlyUsd(attributes);
    return {
      status: "fail",
      summary: `EBS snapshot ${attributes.snapshotId} was taken on ${createdAt.slice(0, 10)}, before the retention limit.`,
      details: { volumeId: attributes.volumeId, volumeSize: attributes.volumeSizeGib, createdAt, maxAgeDays },
      evidence: [
        { call: "ec2:DescribeSnapshots", field: "Snapshots[].StartTime", value: createdAt },
        { call: "ec2:DescribeSnapshots", field: "Snapshots[].StorageTier", value: attributes.storageTier },
      ],
      savingsMonthly: monthly === null ? null : cents(monthly),
    };
  },
  atRead: ({ createdAt }, now) => ({ ageDays: daysSince(createdAt, now) }),
};

export const about: About = {
  title: "EBS snapshot has outlived the retention limit",
  rationale:
    "A point in time that long ago is rarely restored. It costs storage every month and may hold records that should have been erased by now.",
  remediation:
    "Remove the snapshot, or archive one that has to stay. Let AWS Backup or Data Lifecycle Manager end new ones by themselves. A tag named in `keepTags` exempts one.",
  controls: {},
};

export const examples = (): Examples<"ec2.snapshots", Params> => {
  const now = new Date("2026-06-01T00:00:00Z");
  const others = { "ec2.volumes": [exampleVolume()] };
  const old = (attributes: Parameters<typeof exampleSnapshot>[0] = {}, tags: Record<string, string> = {}) =>
    exampleSnapshot(attributes, { createdAt: "2025-01-01T00:00:00.000Z", tags });
  return {
    pass: [
      { name: "exactly as old as allowed", found: old(), now: new Date("2026-01-01T00:00:00.000Z"), others },
      { name: "archived", found: old({ storageTier: "archive" }), now, others },
      { name: "tagged to be kept, in capitals", found: old({}, { "Legal-Hold": "" }), now, others },
      { name: "AWS Backup keeps it", found: old({}, { "aws:backup:source-resource": "x" }), now, others },
    ],
    fail: [
      {
        name: "a millisecond older",
        found: old({ volumeSizeGib: 200 }),
        now: new Date("2026-01-01T00:00:00.001Z"),
        others,
        expect: { savingsMonthly: 10, details: { createdAt: "2025-01-01T00:00:00.000Z" } },
      },
      { name: "a shorter limit", found: exampleSnapshot(), now, others, params: { maxAgeDays: 7 } },
      { name: "another tag", found: old({}, { retained: "yes" }), now, others },
    ],
    unknown: [{ name: "no start time", found: exampleSnapshot({}, { createdAt: null }), now, others }],
    notApplicable: [
      { name: "orphaned: reported as such", found: old(), now },
      { name: "failed", found: exampleSnapshot({}, { state: "error" }), now, others },
    ],
  };
};
