import { z } from "zod";
import type { Collector, Found, Place } from "#collectors/collector";
import { by, ordered } from "#collectors/order";
import { ec2Arn, relatedEc2 } from "#collectors/relations";
import { sharedPages } from "#collectors/shared";
import { flag, text } from "#collectors/xml";
import { describeRouteTables, homeOf, innerList, list, nameOf, tagSet } from "./shapes.ts";

export interface Route {
  /** An IPv4 or IPv6 range, or the id of a prefix list. */
  readonly destination: string;
  /** `local`, or what it leads to by id: `igw-…`, `nat-…`, `eigw-…`, `tgw-…`, `pcx-…`, `eni-…`; an ARN for core networks. */
  readonly target: string | null;
  /** `blackhole`: what it led to is gone. */
  readonly state: string | null;
}

export interface RouteTable {
  readonly routeTableId: string;
  readonly vpcId: string | null;
  /** It holds for the subnets of its VPC that have none of their own. */
  readonly main: boolean;
  /** Subnets that name it. */
  readonly subnetIds: readonly string[];
  /** Gateways whose incoming traffic it routes. */
  readonly gatewayIds: readonly string[];
  /** Without those a virtual private gateway makes known by itself. */
  readonly routes: readonly Route[];
  /** Virtual private gateways that may add routes. */
  readonly propagatingGatewayIds: readonly string[];
}

const RouteElement = z
  .object({
    destinationCidrBlock: text,
    destinationIpv6CidrBlock: text,
    destinationPrefixListId: text,
    gatewayId: text,
    natGatewayId: text,
    egressOnlyInternetGatewayId: text,
    transitGatewayId: text,
    vpcPeeringConnectionId: text,
    networkInterfaceId: text,
    instanceId: text,
    localGatewayId: text,
    carrierGatewayId: text,
    coreNetworkArn: text,
    odbNetworkArn: text,
    origin: text,
    state: text,
  })
  .transform(
    ({ destinationCidrBlock, destinationIpv6CidrBlock, destinationPrefixListId, origin, state, ...targets }) => ({
      origin,
      destination: destinationCidrBlock ?? destinationIpv6CidrBlock ?? destinationPrefixListId ?? "",
      target: Object.values(targets).find((target) => target !== null) ?? null,
      state,
    }),
  );

const ListedRouteTable = z.object({
  routeTableId: z.string(),
  ownerId: text,
  vpcId: text,
  associationSet: innerList(z.object({ main: flag, subnetId: text, gatewayId: text })),
  routeSet: innerList(RouteElement),
  propagatingVgwSet: innerList(z.object({ gatewayId: text })),
  tagSet,
});
type ListedRouteTable = z.infer<typeof ListedRouteTable>;
const Page = z.object({ routeTableSet: list(ListedRouteTable) });

/** Source: EC2 API 2016-11-15, DescribeRouteTables, 100 per page, which is asked once for this and for subnets. */
export const collector: Collector<RouteTable> = {
  id: "ec2.routeTables",
  service: "ec2",
  resourceType: "AWS::EC2::RouteTable",
  scope: "regional",
  actions: ["ec2:DescribeRouteTables"],
  async *list({ aws, place }) {
    for await (const page of sharedPages(aws, describeRouteTables)) {
      yield Page.parse(page).routeTableSet.map((table) => found(table, place));
    }
  },
};

function found(table: ListedRouteTable, place: Place): Found<RouteTable> {
  const home = homeOf(table.ownerId, place);
  const arn = ec2Arn(home, "RouteTable", table.routeTableId);
  const routes = table.routeSet.filter(({ origin }) => origin !== "EnableVgwRoutePropagation");
  const targets = (prefix: string) =>
    routes.map(({ target }) => target).filter((target) => target?.startsWith(prefix) ?? false);
  return {
    nativeId: arn,
    arn,
    name: nameOf(table.tagSet),
    state: null,
    tags: table.tagSet,
    createdAt: null,
    costMonthly: 0,
    relations: [
      ...relatedEc2("uses", "InternetGateway", targets("igw-"), home),
      ...relatedEc2("uses", "NatGateway", targets("nat-"), home),
    ],
    attributes: {
      routeTableId: table.routeTableId,
      vpcId: table.vpcId,
      main: table.associationSet.some(({ main }) => main),
      subnetIds: ordered(table.associationSet.map(({ subnetId }) => subnetId)),
      gatewayIds: ordered(table.associationSet.map(({ gatewayId }) => gatewayId)),
      routes: routes
        .map(({ destination, target, state }) => ({ destination, target, state }))
        .toSorted(by(({ destination }) => destination)),
      propagatingGatewayIds: ordered(table.propagatingVgwSet.map(({ gatewayId }) => gatewayId)),
    },
  };
}
