import { cents, prices } from "#prices/prices";
import type { About, Check, Examples } from "#checks/check";
import { daysSince, isOlderThan } from "#checks/days";
import { exampleInstance, exampleSnapshot } from "./examples.ts";

interface Params {
  readonly maxAgeDays: number;
  /** For snapshots whose database is not in the region. */
  readonly orphanAgeDays: number;
}

export const check: Check<"rds.dbSnapshots", Params, "rds.dbInstances"> = {
  id: "rds_old_manual_snapshot",
  severity: "low",
  category: "cost",
  domain: "cost",
  effort: "low",
  confidence: 0.7,
  drift: false,
  resources: ["rds.dbSnapshots"],
  reads: ["rds.dbInstances"],
  condense: {
    "rds.dbSnapshots": ({ attributes: { sourceInstanceId, allocatedStorageGib } }) => ({
      sourceInstanceId,
      allocatedStorageGib,
    }),
    "rds.dbInstances": ({ attributes: { identifier } }) => ({ identifier }),
  },
  decisive: ["sourceExists"],
  params: { maxAgeDays: 365, orphanAgeDays: 90 },
  judge({ name, nativeId, createdAt, attributes: { sourceInstanceId, allocatedStorageGib } }, context) {
    if (createdAt === null) return { status: "unknown", reason: "rds:DescribeDBSnapshots gave no SnapshotCreateTime" };
    const { now, params } = context;
    const sources = context.others("rds.dbInstances").map(({ attributes }) => attributes.identifier);
    const source = sources.find((identifier) => identifier === sourceInstanceId) ?? null;
    const sourceExists = source !== null;
    const limitDays = sourceExists ? params.maxAgeDays : Math.min(params.maxAgeDays, params.orphanAgeDays);
    if (!isOlderThan(limitDays, createdAt, now)) return { status: "pass" };
    return {
      status: "fail",
      summary: `Snapshot ${name ?? nativeId} was taken by hand on ${createdAt.slice(0, 10)} of database ${sourceInstanceId}${sourceExists ? "" : ", which does not exist in this region"}.`,
      details: { snapshotCreatedAt: createdAt, sourceInstanceId, sourceExists, allocatedStorageGib },
      evidence: [
        { call: "rds:DescribeDBSnapshots", field: "SnapshotCreateTime", value: createdAt },
        { call: "rds:DescribeDBInstances", field: "DBInstanceIdentifier", value: source },
      ],
      // The size of the database: what is stored, and billed, may be less.
      savingsMonthly: allocatedStorageGib === null ? null : cents(allocatedStorageGib * prices["rds.backup.gb_month"]),
    };
  },
  atRead: ({ snapshotCreatedAt }, now) => ({ ageDays: daysSince(snapshotCreatedAt, now) }),
};

export const about: About = {
  title: "A database snapshot taken by hand has grown old",
  rationale: "Nothing removes a manual snapshot, so it is paid for every month until somebody deletes it.",
  remediation: "Delete the snapshot, or export it to S3 and a cold storage class if it has to be kept.",
  controls: {},
};

export const examples = (): Examples<"rds.dbSnapshots", Params> => {
  const now = new Date("2026-03-01T00:00:00Z");
  const taken = (createdAt: string | null) => ({ found: exampleSnapshot({}, createdAt), now });
  const kept = { "rds.dbInstances": [exampleInstance()] };
  const gone = { "rds.dbInstances": [exampleInstance({ identifier: "shop-2" })] };
  return {
    pass: [
      { name: "365 days old, its database exists", ...taken("2025-03-01T00:00:00.000Z"), others: kept },
      { name: "90 days old, its database is gone", ...taken("2025-12-01T00:00:00.000Z"), others: gone },
    ],
    fail: [
      {
        name: "over 365 days old",
        ...taken("2025-02-28T23:59:59.000Z"),
        others: kept,
        expect: { savingsMonthly: 9.5, details: { sourceExists: true } },
      },
      {
        name: "over 90 days old, its database is gone",
        ...taken("2025-11-30T23:59:59.000Z"),
        others: gone,
        expect: { savingsMonthly: 9.5, details: { sourceExists: false, allocatedStorageGib: 100 } },
      },
      {
        name: "over what the organization keeps",
        ...taken("2026-01-15T03:00:00.000Z"),
        others: kept,
        params: { maxAgeDays: 30 },
      },
    ],
    unknown: [{ name: "still being made", ...taken(null), others: kept }],
  };
};
