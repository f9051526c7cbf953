import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { CollectContext, Collector, Found, Place } from "#collectors/collector";
import { balancerRelations, countsOf, trafficQuery, withTraffic, type Traffic } from "#collectors/load-balancing";
import { metricActions } from "#collectors/metrics";
import { ordered } from "#collectors/order";
import { oneByOne } from "#collectors/read";
import { arnIn, relatedEc2 } from "#collectors/relations";
import { tagActions, taggedAs } from "#collectors/tags";
import { instant, listOf, number, text, wholeListOf } from "#collectors/xml";
import { loadBalancerMonthlyUsd } from "#prices/elb";
import { inRegion } from "#prices/regions";

/** A load balancer of the first generation. */
export interface ClassicLoadBalancer {
  /** `internet-facing` or `internal`. */
  readonly scheme: string | null;
  readonly dnsName: string | null;
  readonly vpcId: string | null;
  readonly availabilityZones: readonly string[];
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly instanceIds: readonly string[];
  readonly listeners: readonly {
    readonly protocol: string | null;
    readonly port: number | null;
    readonly instanceProtocol: string | null;
    readonly instancePort: number | null;
    readonly certificateArn: string | null;
  }[];
}

export interface ClassicLoadBalancerObserved extends Traffic {
  /** How many instances are `InService`, `OutOfService` or `Unknown`; empty: it has none. */
  readonly instancesByState: Readonly<Record<string, number>> | undefined;
}

const describeLoadBalancers: Operation = {
  service: "elb",
  action: "DescribeLoadBalancers",
  paging: { token: "Marker", next: "NextMarker", limit: ["PageSize", 400] },
};
const describeInstanceHealth: Operation = { service: "elb", action: "DescribeInstanceHealth" };

const ListedLoadBalancer = z.object({
  LoadBalancerName: z.string(),
  DNSName: text.transform((name) => name?.toLowerCase() ?? null),
  CreatedTime: instant,
  Scheme: text,
  VPCId: text,
  AvailabilityZones: listOf("member", z.string()),
  Subnets: listOf("member", z.string()),
  SecurityGroups: listOf("member", z.string()),
  Instances: listOf("member", z.object({ InstanceId: z.string() })),
  ListenerDescriptions: listOf(
    "member",
    z.object({
      Listener: z.object({
        Protocol: text,
        LoadBalancerPort: number,
        InstanceProtocol: text,
        InstancePort: number,
        SSLCertificateId: text,
      }),
    }),
  ),
});
type ListedLoadBalancer = z.infer<typeof ListedLoadBalancer>;

const Page = z.object({ LoadBalancerDescriptions: wholeListOf("member", ListedLoadBalancer) });

const Health = z
  .object({ InstanceStates: wholeListOf("member", z.object({ State: z.string() })) })
  .transform((answer) => countsOf(answer.InstanceStates.map(({ State }) => State)));

/**
 * Source: Elastic Load Balancing API 2012-06-01, DescribeLoadBalancers (400 per page) and DescribeInstanceHealth for each
 * that has instances.
 */
export const collector: Collector<ClassicLoadBalancer, ClassicLoadBalancerObserved, ListedLoadBalancer> = {
  id: "elb.loadBalancers",
  service: "elb",
  resourceType: "AWS::ElasticLoadBalancing::LoadBalancer",
  scope: "regional",
  actions: [
    "elasticloadbalancing:DescribeInstanceHealth",
    "elasticloadbalancing:DescribeLoadBalancers",
    ...metricActions,
    ...tagActions,
  ],
  async *list(context) {
    for await (const page of context.aws.walk(describeLoadBalancers)) {
      const balancers = Page.parse(page).LoadBalancerDescriptions;
      yield balancers;
    }
  },
  describe: oneByOne(found),
  measures: {
    // Without instances there is nothing that could answer.
    queries: ({ name, attributes: { instanceIds } }) =>
      name !== null && instanceIds.length > 0
        ? [trafficQuery("AWS/ELB", "RequestCount", { LoadBalancerName: name })]
        : [],
    with: withTraffic,
  },
};

const arnOf = ({ LoadBalancerName }: ListedLoadBalancer, place: Place): string =>
  arnIn(place, "elasticloadbalancing", `loadbalancer/${LoadBalancerName}`);

const attributesOf = (balancer: ListedLoadBalancer): ClassicLoadBalancer => ({
  scheme: balancer.Scheme,
  dnsName: balancer.DNSName,
  vpcId: balancer.VPCId,
  availabilityZones: ordered(balancer.AvailabilityZones),
  subnetIds: ordered(balancer.Subnets),
  securityGroupIds: ordered(balancer.SecurityGroups),
  instanceIds: ordered(balancer.Instances.map(({ InstanceId }) => InstanceId)),
  listeners: balancer.ListenerDescriptions.map(({ Listener }) => ({
    protocol: Listener.Protocol,
    port: Listener.LoadBalancerPort,
    instanceProtocol: Listener.InstanceProtocol,
    instancePort: Listener.InstancePort,
    certificateArn: Listener.SSLCertificateId,
  })).toSorted((a, b) => (a.port ?? 0) - (b.port ?? 0)),
});

/** `{}` without a call for one without instances; null: the load balancer is gone. */
async function healthOf({ aws }: CollectContext, { LoadBalancerName, Instances }: ListedLoadBalancer) {
  if (Instances.length === 0) return {};
  const answer = await aws.attempt(describeInstanceHealth, { LoadBalancerName }, ["LoadBalancerNotFound"]);
  return answer === null ? null : Health.safeParse(answer).data;
}

async function found(
  context: CollectContext,
  balancer: ListedLoadBalancer,
): Promise<Found<ClassicLoadBalancer, ClassicLoadBalancerObserved> | null> {
  const instancesByState = await healthOf(context, balancer);
  if (instancesByState === null) return null;
  const { place } = context;
  const arn = arnOf(balancer, place);
  const attributes = attributesOf(balancer);
  const { scheme, instanceIds, listeners, availabilityZones, dnsName } = attributes;
  const publicAddresses = scheme === "internet-facing" ? availabilityZones.length : 0;
  const certificateArns = listeners.map(({ certificateArn }) => certificateArn);
  return {
    nativeId: arn,
    arn,
    name: balancer.LoadBalancerName,
    state: null,
    ...taggedAs(arn),
    createdAt: balancer.CreatedTime,
    costMonthly: inRegion(loadBalancerMonthlyUsd("classic", publicAddresses), place.region),
    relations: [
      ...balancerRelations(place, { ...attributes, certificateArns }),
      ...relatedEc2("forwardsTo", "Instance", instanceIds, place),
    ],
    dnsNames: dnsName === null ? [] : [dnsName],
    attributes,
    observed: { instancesByState },
  };
}
