import { z } from "zod";
import type { Collector, Found, Place } from "#collectors/collector";
import { ordered } from "#collectors/order";
import { ec2Arn } from "#collectors/relations";
import { claim, number, part, text } from "#collectors/xml";
import { homeOf, innerList, list, listing, nameOf, tagSet } from "./shapes.ts";

export interface AclEntry {
  /** The lowest that matches decides; 32767 is AWS's own last one, which denies. */
  readonly ruleNumber: number | null;
  readonly egress: boolean;
  /** `allow` or `deny`. */
  readonly action: string | null;
  /** IANA's number as text: `6` for TCP; `-1` for all. */
  readonly protocol: string | null;
  /** An IPv4 or IPv6 range. */
  readonly cidr: string | null;
  /** Null where all ports are meant. */
  readonly fromPort: number | null;
  readonly toPort: number | null;
}

export interface NetworkAcl {
  readonly networkAclId: string;
  readonly vpcId: string | null;
  readonly isDefault: boolean;
  readonly subnetIds: readonly string[];
  /** Incoming first, each way in the order of rule numbers. */
  readonly entries: readonly AclEntry[];
}

const Entry = z
  .object({
    ruleNumber: number,
    egress: claim,
    ruleAction: text,
    protocol: text,
    cidrBlock: text,
    ipv6CidrBlock: text,
    portRange: part({ from: number, to: number }),
  })
  .transform((entry): AclEntry => ({
    ruleNumber: entry.ruleNumber,
    egress: entry.egress,
    action: entry.ruleAction,
    protocol: entry.protocol,
    cidr: entry.cidrBlock ?? entry.ipv6CidrBlock,
    fromPort: entry.portRange.from,
    toPort: entry.portRange.to,
  }));

const ListedNetworkAcl = z.object({
  networkAclId: z.string(),
  ownerId: text,
  vpcId: text,
  default: claim,
  associationSet: innerList(z.object({ subnetId: text })),
  entrySet: innerList(Entry),
  tagSet,
});
type ListedNetworkAcl = z.infer<typeof ListedNetworkAcl>;
const Page = z.object({ networkAclSet: list(ListedNetworkAcl) });

const describeNetworkAcls = listing("DescribeNetworkAcls");

/** Source: EC2 API 2016-11-15, DescribeNetworkAcls, 1,000 per page. */
export const collector: Collector<NetworkAcl> = {
  id: "ec2.networkAcls",
  service: "ec2",
  resourceType: "AWS::EC2::NetworkAcl",
  scope: "regional",
  actions: ["ec2:DescribeNetworkAcls"],
  async *list({ aws, place }) {
    for await (const page of aws.walk(describeNetworkAcls)) {
      yield Page.parse(page).networkAclSet.map((acl) => found(acl, place));
    }
  },
};

/** AWS's last entries for IPv4 and IPv6 share a number. */
const inOrder = (a: AclEntry, b: AclEntry): number =>
  Number(a.egress) - Number(b.egress) ||
  (a.ruleNumber ?? 0) - (b.ruleNumber ?? 0) ||
  ((a.cidr ?? "") < (b.cidr ?? "") ? -1 : 1);

function found(acl: ListedNetworkAcl, place: Place): Found<NetworkAcl> {
  const arn = ec2Arn(homeOf(acl.ownerId, place), "NetworkAcl", acl.networkAclId);
  return {
    nativeId: arn,
    arn,
    name: nameOf(acl.tagSet),
    state: null,
    tags: acl.tagSet,
    createdAt: null,
    costMonthly: 0,
    attributes: {
      networkAclId: acl.networkAclId,
      vpcId: acl.vpcId,
      isDefault: acl.default,
      subnetIds: ordered(acl.associationSet.map(({ subnetId }) => subnetId)),
      entries: acl.entrySet.toSorted(inOrder),
    },
  };
}
