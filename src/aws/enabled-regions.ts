import { z } from "zod";
import { listAt } from "./answer.ts";
import type { AwsCaller, Operation } from "./caller.ts";
import { isRegion } from "./regions.ts";

const describeRegions = { service: "ec2", action: "DescribeRegions" } as const satisfies Operation;
/** The IAM actions it needs. */
export const enabledRegionsActions = ["ec2:DescribeRegions"] as const;

const Region = z.object({ regionName: z.string() });

/**
 * The regions the account has enabled, sorted. Source: EC2 API 2016-11-15, DescribeRegions without AllRegions. A region that
 * is not in our table is left out: nothing is signed for a name from outside.
 */
export async function enabledRegions(aws: AwsCaller): Promise<readonly string[]> {
  const answer = await aws.call(describeRegions, { AllRegions: "false" });
  return listAt(answer, "regionInfo.item")
    .map((item) => Region.parse(item).regionName)
    .filter(isRegion)
    .toSorted();
}
