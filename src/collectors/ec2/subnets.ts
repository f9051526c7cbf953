import { z } from "zod";
import type { Collector, Found, Place } from "#collectors/collector";
import { ordered } from "#collectors/order";
import { ec2Arn, relatedEc2 } from "#collectors/relations";
import { entriesOf } from "#collectors/shared";
import { claim, flag, number, part, text } from "#collectors/xml";
import { describeRouteTables, homeOf, innerList, list, listing, nameOf, tagSet } from "./shapes.ts";

export interface Subnet {
  readonly subnetId: string;
  /** Another account's when the subnet is shared with this one. */
  readonly ownerId: string | null;
  readonly vpcId: string | null;
  readonly availabilityZone: string | null;
  readonly cidr: string | null;
  readonly ipv6Cidrs: readonly string[];
  readonly defaultForAz: boolean;
  readonly mapPublicIpOnLaunch: boolean;
  readonly assignIpv6AddressOnCreation: boolean | null;
  /** `block-bidirectional` or `block-ingress` where VPC Block Public Access closes the way to internet gateways. */
  readonly internetGatewayBlockMode: string | null;
  /** The route table that holds for it: its own, else the main one of its VPC. null: another account's, not shown. */
  readonly routeTableId: string | null | undefined;
}

export interface SubnetObserved {
  /** IPv4 addresses that are free. */
  readonly availableIpAddressCount: number | null;
}

const ListedSubnet = z.object({
  subnetId: z.string(),
  subnetArn: text,
  ownerId: text,
  vpcId: text,
  state: text,
  availabilityZone: text,
  cidrBlock: text,
  ipv6CidrBlockAssociationSet: innerList(z.object({ ipv6CidrBlock: text })),
  defaultForAz: claim,
  mapPublicIpOnLaunch: claim,
  assignIpv6AddressOnCreation: flag,
  blockPublicAccessStates: part({ internetGatewayBlockMode: text }),
  availableIpAddressCount: number,
  tagSet,
});
type ListedSubnet = z.infer<typeof ListedSubnet>;
const Page = z.object({ subnetSet: list(ListedSubnet) });

/** What each association of a route table is with: a subnet, or as the main one its VPC. */
const Routing = z
  .object({
    routeTableSet: list(
      z.object({
        routeTableId: z.string(),
        vpcId: text,
        associationSet: innerList(z.object({ main: flag, subnetId: text })),
      }),
    ),
  })
  .transform(({ routeTableSet }) =>
    routeTableSet.flatMap(({ routeTableId, vpcId, associationSet }) =>
      associationSet.map(({ main, subnetId }): [id: string | null, routeTableId: string] => [
        main ? vpcId : subnetId,
        routeTableId,
      ]),
    ),
  );

const describeSubnets = listing("DescribeSubnets");

/** Source: EC2 API 2016-11-15, DescribeSubnets, 1,000 per page, and DescribeRouteTables where there are subnets. */
export const collector: Collector<Subnet, SubnetObserved> = {
  id: "ec2.subnets",
  service: "ec2",
  resourceType: "AWS::EC2::Subnet",
  scope: "regional",
  actions: ["ec2:DescribeRouteTables", "ec2:DescribeSubnets"],
  async *list({ aws, place }) {
    let routing: ReadonlyMap<string | null, string> | undefined;
    let asked = false;
    for await (const page of aws.walk(describeSubnets)) {
      const { subnetSet } = Page.parse(page);
      if (!asked && subnetSet.length > 0) {
        const associations = await entriesOf(aws, describeRouteTables, Routing);
        routing = associations && new Map(associations);
        asked = true;
      }
      yield subnetSet.map((subnet) => found(subnet, routing, place));
    }
  },
};

function found(
  subnet: ListedSubnet,
  routing: ReadonlyMap<string | null, string> | undefined,
  place: Place,
): Found<Subnet, SubnetObserved> {
  const home = homeOf(subnet.ownerId, place);
  const arn = subnet.subnetArn ?? ec2Arn(home, "Subnet", subnet.subnetId);
  const routeTableId = routing && (routing.get(subnet.subnetId) ?? routing.get(subnet.vpcId) ?? null);
  return {
    nativeId: arn,
    arn,
    name: nameOf(subnet.tagSet),
    state: subnet.state,
    tags: subnet.tagSet,
    createdAt: null,
    costMonthly: 0,
    relations: [
      ...relatedEc2("in", "VPC", subnet.vpcId, home),
      ...relatedEc2("routedBy", "RouteTable", routeTableId, home),
    ],
    attributes: {
      subnetId: subnet.subnetId,
      ownerId: subnet.ownerId,
      vpcId: subnet.vpcId,
      availabilityZone: subnet.availabilityZone,
      cidr: subnet.cidrBlock,
      ipv6Cidrs: ordered(subnet.ipv6CidrBlockAssociationSet.map(({ ipv6CidrBlock }) => ipv6CidrBlock)),
      defaultForAz: subnet.defaultForAz,
      mapPublicIpOnLaunch: subnet.mapPublicIpOnLaunch,
      assignIpv6AddressOnCreation: subnet.assignIpv6AddressOnCreation,
      internetGatewayBlockMode: subnet.blockPublicAccessStates.internetGatewayBlockMode,
      routeTableId,
    },
    observed: { availableIpAddressCount: subnet.availableIpAddressCount },
  };
}
