import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found, Place } from "#collectors/collector";
import { list, nameOf, tagSet, text } from "./shapes.ts";

export interface AddressAttributes {
  readonly publicIp: string;
  readonly allocationId: string | null;
  readonly associationId: string | null;
  readonly instanceId: string | null;
  readonly networkInterfaceId: string | null;
  readonly privateIp: string | null;
  /** `amazon`, or the id of a pool the account brought itself. */
  readonly publicIpv4Pool: string;
  readonly networkBorderGroup: string | null;
}

const Address = z.object({
  publicIp: z.string(),
  allocationId: text,
  associationId: text,
  instanceId: text,
  networkInterfaceId: text,
  privateIpAddress: text,
  publicIpv4Pool: text,
  networkBorderGroup: text,
  tagSet,
});
const Answer = z.object({ addressesSet: list(Address) });

const describeAddresses = { service: "ec2", action: "DescribeAddresses" } as const satisfies Operation;

/** Source: EC2 API 2016-11-15, DescribeAddresses, which answers everything at once. */
export const collector: Collector<AddressAttributes> = {
  id: "ec2.addresses",
  service: "ec2",
  resourceType: "AWS::EC2::EIP",
  scope: "regional",
  actions: ["ec2:DescribeAddresses"],
  async *list({ aws, place }) {
    yield Answer.parse(await aws.call(describeAddresses)).addressesSet.map((address) => found(address, place));
  },
};

function found(address: z.infer<typeof Address>, place: Place): Found<AddressAttributes, object> {
  const arn =
    address.allocationId === null
      ? null
      : `arn:${place.partition}:ec2:${place.region}:${place.awsAccountId}:elastic-ip/${address.allocationId}`;
  return {
    nativeId: arn ?? address.publicIp,
    arn,
    name: nameOf(address.tagSet),
    state: null,
    tags: address.tagSet,
    createdAt: null,
    attributes: {
      publicIp: address.publicIp,
      allocationId: address.allocationId,
      associationId: address.associationId,
      instanceId: address.instanceId,
      networkInterfaceId: address.networkInterfaceId,
      privateIp: address.privateIpAddress,
      publicIpv4Pool: address.publicIpv4Pool ?? "amazon",
      networkBorderGroup: address.networkBorderGroup,
    },
  };
}
