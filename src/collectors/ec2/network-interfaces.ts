import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found, Place } from "#collectors/collector";
import { flag, inner, innerList, instant, list, nameOf, ordered, tagSet, text } from "./shapes.ts";

export interface NetworkInterfaceAttachment {
  readonly instanceId: string | null;
  /** Account that owns the instance, or the AWS service that does: `amazon-elb`. */
  readonly instanceOwnerId: string | null;
  readonly state: string | null;
  readonly attachedAt: string | null;
}

export interface NetworkInterfaceAttributes {
  readonly networkInterfaceId: string;
  /** `interface`, `nat_gateway`, `lambda`, `vpc_endpoint`, … */
  readonly interfaceType: string | null;
  readonly description: string | null;
  readonly vpcId: string | null;
  readonly subnetId: string | null;
  readonly privateIp: string | null;
  /** Public IPv4 addresses of all its private addresses. */
  readonly publicIps: readonly string[];
  readonly securityGroupIds: readonly string[];
  /** Made and held by an AWS service. */
  readonly requesterManaged: boolean | null;
  readonly attachment: NetworkInterfaceAttachment | null;
}

const association = inner(z.object({ publicIp: text }));
const NetworkInterface = z.object({
  networkInterfaceId: z.string(),
  interfaceType: text,
  description: text,
  vpcId: text,
  subnetId: text,
  status: text,
  privateIpAddress: text,
  requesterManaged: flag.optional(),
  association,
  privateIpAddressesSet: innerList(z.object({ association })),
  groupSet: innerList(z.object({ groupId: text })),
  attachment: inner(z.object({ instanceId: text, instanceOwnerId: text, status: text, attachTime: instant })),
  tagSet,
});
const Page = z.object({ networkInterfaceSet: list(NetworkInterface) });

const describeNetworkInterfaces = {
  service: "ec2",
  action: "DescribeNetworkInterfaces",
  paging: { token: "NextToken", next: "nextToken", limit: ["MaxResults", 1000] },
} as const satisfies Operation;

/** Source: EC2 API 2016-11-15, DescribeNetworkInterfaces, 1,000 per page. */
export const collector: Collector<NetworkInterfaceAttributes> = {
  id: "ec2.networkInterfaces",
  service: "ec2",
  resourceType: "AWS::EC2::NetworkInterface",
  scope: "regional",
  actions: ["ec2:DescribeNetworkInterfaces"],
  async *list({ aws, place }) {
    for await (const page of aws.pages(describeNetworkInterfaces)) {
      yield Page.parse(page).networkInterfaceSet.map((networkInterface) => found(networkInterface, place));
    }
  },
};

function found(eni: z.infer<typeof NetworkInterface>, place: Place): Found<NetworkInterfaceAttributes, object> {
  const arn = `arn:${place.partition}:ec2:${place.region}:${place.awsAccountId}:network-interface/${eni.networkInterfaceId}`;
  const associations = [eni.association, ...eni.privateIpAddressesSet.map((address) => address.association)];
  const publicIps = new Set(associations.map((one) => one?.publicIp ?? null));
  return {
    nativeId: arn,
    arn,
    name: nameOf(eni.tagSet),
    state: eni.status,
    tags: eni.tagSet,
    createdAt: null,
    attributes: {
      networkInterfaceId: eni.networkInterfaceId,
      interfaceType: eni.interfaceType,
      description: eni.description,
      vpcId: eni.vpcId,
      subnetId: eni.subnetId,
      privateIp: eni.privateIpAddress,
      publicIps: ordered([...publicIps]),
      securityGroupIds: ordered(eni.groupSet.map(({ groupId }) => groupId)),
      requesterManaged: eni.requesterManaged ?? null,
      attachment: eni.attachment && {
        instanceId: eni.attachment.instanceId,
        instanceOwnerId: eni.attachment.instanceOwnerId,
        state: eni.attachment.status,
        attachedAt: eni.attachment.attachTime,
      },
    },
  };
}
