import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found, Place } from "#collectors/collector";
import { ec2Arn, relatedEc2 } from "#collectors/relations";
import { text } from "#collectors/xml";
import { publicIpv4MonthlyUsd } from "#prices/prices";
import { list, nameOf, tagSet } from "./shapes.ts";

export interface Address {
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

const ListedAddress = z.object({
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
type ListedAddress = z.infer<typeof ListedAddress>;
const Answer = z.object({ addressesSet: list(ListedAddress) });

const describeAddresses = { service: "ec2", action: "DescribeAddresses" } as const satisfies Operation;

/** Source: EC2 API 2016-11-15, DescribeAddresses, which answers everything at once. */
export const collector: Collector<Address> = {
  id: "ec2.addresses",
  service: "ec2",
  resourceType: "AWS::EC2::EIP",
  scope: "regional",
  actions: ["ec2:DescribeAddresses"],
  async *list({ aws, place }) {
    yield Answer.parse(await aws.call(describeAddresses)).addressesSet.map((address) => found(address, place));
  },
};

function found(address: ListedAddress, place: Place): Found<Address> {
  const arn = address.allocationId && ec2Arn(place, "EIP", address.allocationId);
  const publicIpv4Pool = address.publicIpv4Pool ?? "amazon";
  return {
    nativeId: arn ?? address.publicIp,
    arn,
    name: nameOf(address.tagSet),
    state: null,
    tags: address.tagSet,
    createdAt: null,
    // Addresses the account brought to AWS itself are not charged for; the price is the same in all regions.
    costMonthly: publicIpv4Pool === "amazon" ? publicIpv4MonthlyUsd : 0,
    relations: [
      ...relatedEc2("attachedTo", "NetworkInterface", address.networkInterfaceId, place),
      ...relatedEc2("attachedTo", "Instance", address.instanceId, place),
    ],
    attributes: {
      publicIp: address.publicIp,
      allocationId: address.allocationId,
      associationId: address.associationId,
      instanceId: address.instanceId,
      networkInterfaceId: address.networkInterfaceId,
      privateIp: address.privateIpAddress,
      publicIpv4Pool,
      networkBorderGroup: address.networkBorderGroup,
    },
  };
}
