import { instanceMonthlyUsd } from "./ec2.ts";
import { hoursPerMonth } from "./prices.ts";
import { inRegion } from "./regions.ts";

/**
 * USD per hour, us-east-1, on demand, of hosting and notebooks alike. The other sizes of a family are in proportion, but for
 * those of `g4dn`. Source: the pricing page of Amazon SageMaker AI, as recalled in August 2026: not checked against the
 * price list.
 */
const instanceHour: Readonly<Record<string, number>> = {
  "ml.t3.medium": 0.05,
  "ml.m5.large": 0.115,
  "ml.g4dn.xlarge": 0.7364,
};

/**
 * USD per GiB and month of volumes of notebooks and endpoints, us-east-1. Source: a bill of eu-west-1 of December 2023
 * ($0.154, a tenth above us-east-1).
 */
const storageGibMonth = 0.14;

/** `ml.m5` and `ml.t3` cost about this many times the instance of EC2; for all other types it is an estimate. */
const overEc2 = 1.2;

const proportional: Readonly<Record<string, string>> = { t3: "ml.t3.medium", m5: "ml.m5.large" };

/** How many `medium` a size is; NaN for what is none. */
function weightOf(size: string): number {
  const below = ["xlarge", "large", "medium"].indexOf(size);
  return below >= 0 ? 4 / 2 ** below : 4 * Number(/^(\d+)xlarge$/.exec(size)?.[1]);
}

function hourOf(instanceType: string): number | null {
  const known = instanceHour[instanceType];
  if (known !== undefined) return known;
  const [prefix, family = "", size = ""] = instanceType.split(".");
  const like = prefix === "ml" ? (proportional[family] ?? "") : "";
  const hour = ((instanceHour[like] ?? Number.NaN) * weightOf(size)) / weightOf(like.split(".")[2] ?? "");
  return Number.isNaN(hour) ? null : hour;
}

/**
 * USD per month of one `ml.` instance that runs all the time, not rounded. A type without a price of its own counts as the
 * instance of EC2 it is named after, and a fifth more; null where there is none.
 */
export function mlInstanceMonthlyUsd(instanceType: string, region: string): number | null {
  const hour = hourOf(instanceType);
  if (hour !== null) return inRegion(hour * hoursPerMonth, region);
  const [prefix, ec2Type] = instanceType.split(/\.(.*)/);
  const usd = prefix === "ml" && ec2Type ? instanceMonthlyUsd(ec2Type, region) : null;
  return usd === null ? null : usd * overEc2;
}

/** USD per month of a volume, not rounded. */
export const mlStorageMonthlyUsd = (sizeGib: number, region: string): number | null =>
  inRegion(sizeGib * storageGibMonth, region);
