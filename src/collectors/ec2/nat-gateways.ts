import { z } from "zod";
import type { Collector, Found, Place } from "#collectors/collector";
import { metricActions, type MetricQuery } from "#collectors/metrics";
import { ordered } from "#collectors/order";
import { ec2Arn, relatedEc2 } from "#collectors/relations";
import { instant, text } from "#collectors/xml";
import { natGatewayMonthlyUsd } from "#prices/ec2";
import { innerList, list, listing, nameOf, tagSet } from "./shapes.ts";

export interface NatGateway {
  readonly natGatewayId: string;
  /** `public` or `private`, which leads to other networks and not to the internet. */
  readonly connectivityType: string;
  /** `zonal`, or `regional`: one that spreads over the zones of its VPC. */
  readonly availabilityMode: string;
  readonly vpcId: string | null;
  /** null for regional ones. */
  readonly subnetId: string | null;
  readonly publicIps: readonly string[];
  /** Elastic IP addresses it uses. */
  readonly allocationIds: readonly string[];
  readonly networkInterfaceIds: readonly string[];
  /** Why it could not be made or deleted. */
  readonly failureCode: string | null;
}

/** What went through it in the last 14 days, in bytes; null: CloudWatch has no data. Left out unless it is available. */
export interface NatGatewayObserved {
  readonly bytesOutToDestination: number | null | undefined;
  readonly bytesInFromSource: number | null | undefined;
}

const ListedNatGateway = z.object({
  natGatewayId: z.string(),
  state: text,
  createTime: instant,
  connectivityType: text,
  availabilityMode: text,
  vpcId: text,
  subnetId: text,
  failureCode: text,
  natGatewayAddressSet: innerList(z.object({ publicIp: text, allocationId: text, networkInterfaceId: text })),
  tagSet,
});
type ListedNatGateway = z.infer<typeof ListedNatGateway>;
const Page = z.object({ natGatewaySet: list(ListedNatGateway) });

const describeNatGateways = listing("DescribeNatGateways");

/**
 * Source: EC2 API 2016-11-15, DescribeNatGateways, 1,000 per page; deleted ones stay listed for about an hour. Metrics:
 * VPC user guide, "NAT gateway metrics and dimensions".
 */
export const collector: Collector<NatGateway, NatGatewayObserved> = {
  id: "ec2.natGateways",
  service: "ec2",
  resourceType: "AWS::EC2::NatGateway",
  scope: "regional",
  actions: ["ec2:DescribeNatGateways", ...metricActions],
  async *list({ aws, place }) {
    for await (const page of aws.walk(describeNatGateways)) {
      yield Page.parse(page).natGatewaySet.map((gateway) => found(gateway, place));
    }
  },
  measures: {
    queries: ({ state, attributes: { natGatewayId } }) =>
      state === "available"
        ? [bytes("BytesOutToDestination", natGatewayId), bytes("BytesInFromSource", natGatewayId)]
        : [],
    with: (gateway, [bytesOutToDestination, bytesInFromSource]) => ({
      ...gateway,
      observed: { bytesOutToDestination, bytesInFromSource },
    }),
  },
};

const bytes = (metric: string, NatGatewayId: string): MetricQuery => ({
  namespace: "AWS/NATGateway",
  metric,
  dimensions: { NatGatewayId },
  stat: "Sum",
  days: 14,
  over: "sum",
});

/** What its addresses cost is counted with them; a regional one is charged for by zone, which its list does not tell. */
function costOf({ state, availabilityMode }: ListedNatGateway, { region }: Place): number | null {
  if (state !== "available") return 0;
  return availabilityMode === "regional" ? null : natGatewayMonthlyUsd(region);
}

function found(gateway: ListedNatGateway, place: Place): Found<NatGateway, NatGatewayObserved> {
  const arn = ec2Arn(place, "NatGateway", gateway.natGatewayId);
  const addresses = gateway.natGatewayAddressSet;
  const allocationIds = ordered(addresses.map(({ allocationId }) => allocationId));
  return {
    nativeId: arn,
    arn,
    name: nameOf(gateway.tagSet),
    state: gateway.state,
    tags: gateway.tagSet,
    createdAt: gateway.createTime,
    costMonthly: costOf(gateway, place),
    relations: [
      ...relatedEc2("in", "Subnet", gateway.subnetId, place),
      ...relatedEc2("uses", "EIP", allocationIds, place),
    ],
    attributes: {
      natGatewayId: gateway.natGatewayId,
      connectivityType: gateway.connectivityType ?? "public",
      availabilityMode: gateway.availabilityMode ?? "zonal",
      vpcId: gateway.vpcId,
      subnetId: gateway.subnetId,
      publicIps: ordered(addresses.map(({ publicIp }) => publicIp)),
      allocationIds,
      networkInterfaceIds: ordered(addresses.map(({ networkInterfaceId }) => networkInterfaceId)),
      failureCode: gateway.failureCode,
    },
  };
}
