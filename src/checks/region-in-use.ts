import type { FoundBy } from "#collectors/registry";
import type { JudgeContext } from "./check.ts";
import { oncePerList } from "./once.ts";

/** What tells whether anybody works in a region: whatever runs in a VPC has an interface; functions and buckets need none. */
export const usageLists = ["ec2.networkInterfaces", "lambda.functions", "s3.buckets"] as const;
export type UsageList = (typeof usageLists)[number];

/** That they are there is enough. */
export const condensedUsage = {
  "ec2.networkInterfaces": () => ({}),
  "lambda.functions": () => ({}),
  "s3.buckets": () => ({}),
};

export const isInUse = ({ others, place }: Pick<JudgeContext<object, UsageList>, "others" | "place">): boolean =>
  others("ec2.networkInterfaces").length > 0 ||
  others("lambda.functions").length > 0 ||
  bucketRegions(others("s3.buckets")).has(place.region);

export const bucketRegions = oncePerList(
  (buckets: readonly FoundBy<"s3.buckets">[]): ReadonlySet<string> =>
    new Set(buckets.flatMap(({ region }) => region ?? [])),
);
