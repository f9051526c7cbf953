import { z } from "zod";
import type { AwsCaller, Operation } from "#aws/caller";
import { sharedPages } from "#collectors/shared";
import { flag, listOf, number, text, wholeListOf } from "#collectors/xml";

const describeTargetGroups: Operation = {
  service: "elbv2",
  action: "DescribeTargetGroups",
  paging: { token: "Marker", next: "NextMarker", limit: ["PageSize", 400] },
};

const ListedTargetGroup = z.object({
  TargetGroupArn: z.string(),
  TargetGroupName: text,
  Protocol: text,
  ProtocolVersion: text,
  Port: number,
  VpcId: text,
  TargetType: text,
  HealthCheckEnabled: flag,
  HealthCheckProtocol: text,
  HealthCheckPath: text,
  LoadBalancerArns: listOf("member", z.string()),
});
export type ListedTargetGroup = z.infer<typeof ListedTargetGroup>;

const Page = z.object({ TargetGroups: wholeListOf("member", ListedTargetGroup) });

/** Every target group of the region, 400 per page. */
export async function* targetGroupPages(aws: AwsCaller): AsyncGenerator<readonly ListedTargetGroup[], void> {
  for await (const page of sharedPages(aws, describeTargetGroups)) {
    yield Page.parse(page).TargetGroups;
  }
}

/** Target groups by load balancer; `undefined` when they cannot be read, which their own collector reports. */
export async function targetGroupsByBalancer(
  aws: AwsCaller,
): Promise<ReadonlyMap<string, readonly string[]> | undefined> {
  const groups = new Map<string, string[]>();
  try {
    for await (const page of targetGroupPages(aws)) {
      for (const { TargetGroupArn, LoadBalancerArns } of page) {
        for (const arn of LoadBalancerArns) groups.set(arn, [...(groups.get(arn) ?? []), TargetGroupArn]);
      }
    }
    return groups;
  } catch {
    return undefined;
  }
}
