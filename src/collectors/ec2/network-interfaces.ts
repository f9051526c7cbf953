import { z } from "zod";
import type { Collector, Found, Place } from "#collectors/collector";
import { ordered } from "#collectors/order";
import { ec2Arn, relatedEc2 } from "#collectors/relations";
import { flag, given, instant, part, text } from "#collectors/xml";
import { publicIpv4MonthlyUsd } from "#prices/prices";
import { innerList, list, listing, nameOf, tagSet } from "./shapes.ts";

export interface NetworkInterfaceAttachment {
  readonly instanceId: string | null;
  /** Account that owns the instance, or the AWS service that does: `amazon-elb`. */
  readonly instanceOwnerId: string | null;
  readonly state: string | null;
  readonly attachedAt: string | null;
}

export interface NetworkInterface {
  readonly networkInterfaceId: string;
  /** `interface`, `nat_gateway`, `lambda`, `vpc_endpoint`, … */
  readonly interfaceType: string | null;
  readonly description: string | null;
  readonly vpcId: string | null;
  readonly subnetId: string | null;
  readonly privateIp: string | null;
  /** Public IPv4 addresses of all its private addresses. */
  readonly publicIps: readonly string[];
  /** Can be reached from everywhere the routes lead to, unless of a private range (`fc00::/7`). */
  readonly ipv6Addresses: readonly string[];
  readonly securityGroupIds: readonly string[];
  /** Made and held by an AWS service. */
  readonly requesterManaged: boolean | null;
  readonly attachment: NetworkInterfaceAttachment | null;
}

const association = part({ publicIp: text, ipOwnerId: text });
const ListedNetworkInterface = z.object({
  networkInterfaceId: z.string(),
  interfaceType: text,
  description: text,
  vpcId: text,
  subnetId: text,
  status: text,
  privateIpAddress: text,
  requesterManaged: flag,
  association,
  privateIpAddressesSet: innerList(z.object({ association })),
  ipv6AddressesSet: innerList(z.object({ ipv6Address: text })),
  groupSet: innerList(z.object({ groupId: text })),
  attachment: given(z.object({ instanceId: text, instanceOwnerId: text, status: text, attachTime: instant })),
  tagSet,
});
type ListedNetworkInterface = z.infer<typeof ListedNetworkInterface>;
const Page = z.object({ networkInterfaceSet: list(ListedNetworkInterface) });

const describeNetworkInterfaces = listing("DescribeNetworkInterfaces");

/** Source: EC2 API 2016-11-15, DescribeNetworkInterfaces, 1,000 per page. */
export const collector: Collector<NetworkInterface> = {
  id: "ec2.networkInterfaces",
  service: "ec2",
  resourceType: "AWS::EC2::NetworkInterface",
  scope: "regional",
  actions: ["ec2:DescribeNetworkInterfaces"],
  async *list({ aws, place }) {
    for await (const page of aws.walk(describeNetworkInterfaces)) {
      yield Page.parse(page).networkInterfaceSet.map((networkInterface) => found(networkInterface, place));
    }
  },
};

function found(eni: ListedNetworkInterface, place: Place): Found<NetworkInterface> {
  const arn = ec2Arn(place, "NetworkInterface", eni.networkInterfaceId);
  const associations = [eni.association, ...eni.privateIpAddressesSet.map((address) => address.association)];
  const owners = new Map(associations.flatMap((one) => (one.publicIp ? [[one.publicIp, one.ipOwnerId] as const] : [])));
  const securityGroupIds = ordered(eni.groupSet.map(({ groupId }) => groupId));
  return {
    nativeId: arn,
    arn,
    name: nameOf(eni.tagSet),
    state: eni.status,
    tags: eni.tagSet,
    createdAt: null,
    // Addresses AWS lent it for as long as it runs; Elastic IP addresses are counted by themselves.
    costMonthly: [...owners.values()].filter((owner) => owner === "amazon").length * publicIpv4MonthlyUsd,
    relations: relatedEc2("uses", "SecurityGroup", securityGroupIds, place),
    attributes: {
      networkInterfaceId: eni.networkInterfaceId,
      interfaceType: eni.interfaceType,
      description: eni.description,
      vpcId: eni.vpcId,
      subnetId: eni.subnetId,
      privateIp: eni.privateIpAddress,
      publicIps: ordered([...owners.keys()]),
      ipv6Addresses: ordered(eni.ipv6AddressesSet.map(({ ipv6Address }) => ipv6Address)),
      securityGroupIds,
      requesterManaged: eni.requesterManaged,
      attachment: eni.attachment && {
        instanceId: eni.attachment.instanceId,
        instanceOwnerId: eni.attachment.instanceOwnerId,
        state: eni.attachment.status,
        attachedAt: eni.attachment.attachTime,
      },
    },
  };
}
