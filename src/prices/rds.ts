import { hoursPerMonth, prices } from "./prices.ts";

/**
 * USD per hour of a family's `large`, us-east-1, on demand, MySQL in one Availability Zone; a family's sizes are linear.
 * MariaDB costs the same, PostgreSQL a few percent more. Source: Infracost's golden tests at 95ba4f4, t4g's by its `small`;
 * m6g, r5 and r6g are recalled from AWS's price list and not checked against it.
 */
const largeHour: Readonly<Record<string, number>> = {
  "db.t3": 0.136,
  "db.t4g": 0.128,
  "db.m5": 0.171,
  "db.m6g": 0.152,
  "db.r5": 0.24,
  "db.r6g": 0.215,
};
const largesOf: Readonly<Record<string, number>> = { micro: 1 / 8, small: 1 / 4, medium: 1 / 2, large: 1, xlarge: 2 };
/** USD per GiB and month of gp2 and gp3, us-east-1, in one Availability Zone. Source: Infracost's golden tests at 95ba4f4. */
const storageGibMonth = 0.115;
/** USD per GiB and month, us-east-1. Source: Infracost's golden tests at 95ba4f4. */
const auroraBackupGibMonth = 0.021;

const pricedEngines = new Set(["mariadb", "mysql", "postgres"]);
const pricedStorage = new Set(["gp2", "gp3"]);

/** USD an hour of a class in one Availability Zone; null: no price is known. */
function classHour(instanceClass: string): number | null {
  const [, family = "", size = ""] = /^(db\.\w+)\.(\w+)$/.exec(instanceClass) ?? [];
  const large = largeHour[family];
  const larges = largesOf[size] ?? 2 * Number(/^(\d+)xlarge$/.exec(size)?.[1]);
  return large === undefined || Number.isNaN(larges) ? null : large * larges;
}

/**
 * USD per month of an instance and its storage, not rounded; null where an engine, class or storage has no price here, and
 * for members of clusters. A stopped one costs its storage. IOPS and throughput beyond what gp3 includes come on top.
 */
export function dbInstanceMonthlyUsd(instance: {
  readonly state: string | null;
  readonly engine: string;
  readonly class: string | null;
  readonly clusterId: string | null;
  readonly multiAz: boolean | null;
  readonly storageType: string | null;
  readonly allocatedStorageGib: number | null;
}): number | null {
  const { allocatedStorageGib, clusterId, engine, storageType } = instance;
  if (clusterId !== null || allocatedStorageGib === null) return null;
  if (!pricedEngines.has(engine) || !pricedStorage.has(storageType ?? "")) return null;
  const hour = instance.state === "stopped" ? 0 : classHour(instance.class ?? "");
  if (hour === null) return null;
  return (hour * hoursPerMonth + allocatedStorageGib * storageGibMonth) * (instance.multiAz ? 2 : 1);
}

/**
 * USD per vCPU and hour of Extended Support, us-east-1. Source: of the first two years Infracost's golden tests at 95ba4f4; of
 * the third cloudburn.io of 2026-03-17.
 */
const extendedSupportHour = { firstYears: 0.1, thirdYear: 0.2 } as const;

/** vCPUs of a class; null: its name does not tell. */
function vCpusOf(instanceClass: string): number | null {
  const [, family = "", size = ""] = /^db\.(\w+)\.(\w+)$/.exec(instanceClass) ?? [];
  const larges = Number(/^(\d+)xlarge$/.exec(size)?.[1] ?? (size === "xlarge" ? 1 : Number.NaN));
  if (!Number.isNaN(larges)) return 4 * larges;
  if (size === "micro" || size === "small") return family === "t2" ? 1 : 2;
  return size === "medium" || size === "large" ? 2 : null;
}

/** USD per month of Extended Support at a time, not rounded; null: it is not charged then, or for what is not known. */
export function extendedSupportMonthlyUsd(
  instance: { readonly class: string | null; readonly multiAz: boolean | null },
  startsAt: string | null,
  now: Date,
): number | null {
  const vCpus = vCpusOf(instance.class ?? "");
  if (vCpus === null || startsAt === null || now < new Date(startsAt)) return null;
  const thirdYear = new Date(startsAt);
  thirdYear.setUTCFullYear(thirdYear.getUTCFullYear() + 2);
  const hour = extendedSupportHour[now < thirdYear ? "firstYears" : "thirdYear"];
  return vCpus * hour * hoursPerMonth * (instance.multiAz ? 2 : 1);
}

/** USD per month of a manual snapshot, not rounded. Snapshots are incremental, so it is a ceiling. */
export const dbSnapshotMonthlyUsd = (gib: number | null): number | null =>
  gib === null ? null : gib * prices["rds.backup.gb_month"];

/**
 * The same of a cluster's. Aurora says 0 or 1 GiB where it does not tell the size; Neptune and DocumentDB have no price here.
 */
export function dbClusterSnapshotMonthlyUsd(engine: string, gib: number | null): number | null {
  if (pricedEngines.has(engine)) return dbSnapshotMonthlyUsd(gib);
  return engine.startsWith("aurora") && gib !== null && gib > 1 ? gib * auroraBackupGibMonth : null;
}
