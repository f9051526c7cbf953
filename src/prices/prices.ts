// AWS list prices in USD, us-east-1, on demand, without free tiers and discounts. What Infracost's golden tests hold is taken
// from AWS's price list; they were read in November 2026.

/**
 * Source: Infracost's golden tests at 95ba4f4; of the archive tier the EBS user guide, "Pricing and billing for archiving
 * Amazon EBS snapshots".
 */
export const prices = {
  "ebs.gp2.gb_month": 0.1,
  "ebs.gp3.gb_month": 0.08,
  /** Above the 3,000 IOPS and 125 MiB/s that every gp3 volume includes. */
  "ebs.gp3.iops_month": 0.005,
  "ebs.gp3.mbps_month": 0.04,
  "ebs.io1.gb_month": 0.125,
  "ebs.io2.gb_month": 0.125,
  /** io1, and the first 32,000 IOPS of io2. */
  "ebs.io.iops_month": 0.065,
  "ebs.st1.gb_month": 0.045,
  "ebs.sc1.gb_month": 0.015,
  "ebs.standard.gb_month": 0.05,
  "ebs.snapshot.gb_month": 0.05,
  "ebs.snapshot_archive.gb_month": 0.0125,
  /** Since 2024-02-01, in use or not. */
  "public_ipv4.hour": 0.005,
  /** Manual snapshots, and automated backups beyond the size of the region's databases. */
  "rds.backup.gb_month": 0.095,
} as const satisfies Readonly<Record<string, number>>;

/** As AWS counts a month in its price examples. */
export const hoursPerMonth = 730;

/** Rounded to cents. */
export const cents = (usd: number): number => Math.round((usd + Number.EPSILON) * 100) / 100;

/** Rounded to two digits that count: what is worked out from a figure that moves by itself stays the same for longer. */
export const roughly = (figure: number): number => Number(figure.toPrecision(2));

const gp3Included = { iops: 3000, throughputMibps: 125 };
const io2FullPriceIops = 32_000;

/** USD per month of a gp3 volume, not rounded. */
export function gp3MonthlyUsd(sizeGib: number, iops: number, throughputMibps: number): number {
  return (
    sizeGib * prices["ebs.gp3.gb_month"] +
    Math.max(0, iops - gp3Included.iops) * prices["ebs.gp3.iops_month"] +
    Math.max(0, throughputMibps - gp3Included.throughputMibps) * prices["ebs.gp3.mbps_month"]
  );
}

/**
 * USD per month of an EBS volume, not rounded; null when its size or type is not known. What io2 costs beyond 32,000 IOPS is
 * left out (its rate falls in steps), so there it is a floor.
 */
export function volumeMonthlyUsd(volume: {
  readonly volumeType: string | null;
  readonly sizeGib: number | null;
  readonly iops: number | null;
  readonly throughputMibps: number | null;
}): number | null {
  const { sizeGib, iops } = volume;
  if (sizeGib === null) return null;
  switch (volume.volumeType) {
    case "gp3":
      return gp3MonthlyUsd(sizeGib, iops ?? 0, volume.throughputMibps ?? 0);
    case "io1":
      return sizeGib * prices["ebs.io1.gb_month"] + (iops ?? 0) * prices["ebs.io.iops_month"];
    case "io2":
      return sizeGib * prices["ebs.io2.gb_month"] + Math.min(iops ?? 0, io2FullPriceIops) * prices["ebs.io.iops_month"];
    case "gp2":
    case "st1":
    case "sc1":
    case "standard":
      return sizeGib * prices[`ebs.${volume.volumeType}.gb_month`];
    case null:
    default:
      return null;
  }
}

/** USD per month of an EBS snapshot, not rounded; null when its size is not known. Snapshots are incremental, so it is a ceiling. */
export function snapshotMonthlyUsd(snapshot: {
  readonly volumeSizeGib: number | null;
  readonly fullSizeBytes: number | null;
  readonly storageTier: string;
}): number | null {
  const sizeGib = snapshot.fullSizeBytes === null ? snapshot.volumeSizeGib : snapshot.fullSizeBytes / 2 ** 30;
  if (sizeGib === null) return null;
  return (
    sizeGib * prices[snapshot.storageTier === "archive" ? "ebs.snapshot_archive.gb_month" : "ebs.snapshot.gb_month"]
  );
}

/** USD per month of one public IPv4 address, not rounded. */
export const publicIpv4MonthlyUsd = prices["public_ipv4.hour"] * hoursPerMonth;
