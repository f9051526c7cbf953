import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { CollectContext, Collector, Found, Place, Relation } from "#collectors/collector";
import { countsOf } from "#collectors/load-balancing";
import { ordered } from "#collectors/order";
import { oneByOne } from "#collectors/read";
import { ec2Arn, related } from "#collectors/relations";
import { tagActions, taggedAs } from "#collectors/tags";
import { wholeListOf } from "#collectors/xml";
import { targetGroupPages, type ListedTargetGroup } from "./shapes.ts";

export interface TargetGroup {
  /** `instance`, `ip`, `lambda` or `alb`. */
  readonly targetType: string | null;
  readonly protocol: string | null;
  readonly protocolVersion: string | null;
  readonly port: number | null;
  readonly vpcId: string | null;
  /** Off for most functions; their targets are then `unavailable`. */
  readonly healthCheckEnabled: boolean | null;
  readonly healthCheckProtocol: string | null;
  readonly healthCheckPath: string | null;
  readonly loadBalancerArns: readonly string[];
  /** Ids of instances, ARNs of functions and load balancers; null for addresses, which come and go with what runs there. */
  readonly targetIds: readonly string[] | null | undefined;
}

export interface TargetGroupObserved {
  /** How many targets are in each of AWS's states (`healthy`, `unused`, …); empty: it has no targets. */
  readonly targetsByState: Readonly<Record<string, number>> | undefined;
}

const describeTargetHealth: Operation = { service: "elbv2", action: "DescribeTargetHealth" };

const Health = z
  .object({
    TargetHealthDescriptions: wholeListOf(
      "member",
      z.object({ Target: z.object({ Id: z.string() }), TargetHealth: z.object({ State: z.string() }) }),
    ),
  })
  .transform((answer) => answer.TargetHealthDescriptions);

/**
 * Source: Elastic Load Balancing API 2015-12-01, DescribeTargetGroups (400 per page) and DescribeTargetHealth for each.
 */
export const collector: Collector<TargetGroup, TargetGroupObserved, ListedTargetGroup> = {
  id: "elbv2.targetGroups",
  service: "elbv2",
  resourceType: "AWS::ElasticLoadBalancingV2::TargetGroup",
  scope: "regional",
  actions: ["elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth", ...tagActions],
  async *list(context) {
    for await (const groups of targetGroupPages(context.aws)) {
      yield groups;
    }
  },
  describe: oneByOne(found),
};

const targetTypes: Readonly<Record<string, string>> = {
  instance: "AWS::EC2::Instance",
  lambda: "AWS::Lambda::Function",
  alb: "AWS::ElasticLoadBalancingV2::LoadBalancer",
};

function relationsOf(place: Place, targetType: string | null, ids: readonly string[]): readonly Relation[] {
  const resourceType = targetTypes[targetType ?? ""];
  if (!resourceType) return [];
  // A version or an alias may stand behind a function's name.
  const arnOf = (id: string): string =>
    targetType === "instance" ? ec2Arn(place, "Instance", id) : id.split(":").slice(0, 7).join(":");
  return related("forwardsTo", resourceType, ids.map(arnOf));
}

async function found(
  { aws, place }: CollectContext,
  group: ListedTargetGroup,
): Promise<Found<TargetGroup, TargetGroupObserved> | null> {
  const answer = await aws.attempt(describeTargetHealth, { TargetGroupArn: group.TargetGroupArn }, [
    "TargetGroupNotFound",
  ]);
  if (answer === null) return null;
  const health = Health.safeParse(answer).data;
  const ids = health && ordered(health.map(({ Target }) => Target.Id));
  return {
    nativeId: group.TargetGroupArn,
    arn: group.TargetGroupArn,
    name: group.TargetGroupName,
    state: null,
    ...taggedAs(group.TargetGroupArn),
    createdAt: null,
    costMonthly: 0,
    relations: relationsOf(place, group.TargetType, ids ?? []),
    attributes: {
      targetType: group.TargetType,
      protocol: group.Protocol,
      protocolVersion: group.ProtocolVersion,
      port: group.Port,
      vpcId: group.VpcId,
      healthCheckEnabled: group.HealthCheckEnabled,
      healthCheckProtocol: group.HealthCheckProtocol,
      healthCheckPath: group.HealthCheckPath,
      loadBalancerArns: group.LoadBalancerArns.toSorted(),
      targetIds: ids && (group.TargetType === "ip" ? null : ids),
    },
    observed: { targetsByState: health && countsOf(health.map(({ TargetHealth }) => TargetHealth.State)) },
  };
}
