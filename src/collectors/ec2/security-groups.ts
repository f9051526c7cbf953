import { z } from "zod";
import type { Collector, Found, Place, Relation } from "#collectors/collector";
import { by, ordered } from "#collectors/order";
import { ec2Arn, relatedEc2 } from "#collectors/relations";
import { number, text } from "#collectors/xml";
import { homeOf, innerList, list, listing, tagSet } from "./shapes.ts";

export interface Permission {
  /** `tcp`, `udp`, `icmp`, `icmpv6`, an IANA protocol number, or `-1` for all. */
  readonly protocol: string;
  /** Null where the protocol has no ports; for ICMP the type and code, `-1` for all. */
  readonly fromPort: number | null;
  readonly toPort: number | null;
  readonly cidrs: readonly string[];
  readonly ipv6Cidrs: readonly string[];
  readonly groups: readonly string[];
  readonly prefixLists: readonly string[];
}

export interface SecurityGroup {
  readonly groupId: string;
  readonly groupName: string;
  readonly description: string | null;
  readonly vpcId: string | null;
  readonly ingress: readonly Permission[];
  readonly egress: readonly Permission[];
}

const permissions = innerList(
  z.object({
    ipProtocol: z.string(),
    fromPort: number,
    toPort: number,
    ipRanges: innerList(z.object({ cidrIp: text })),
    ipv6Ranges: innerList(z.object({ cidrIpv6: text })),
    groups: innerList(z.object({ groupId: text, userId: text })),
    prefixListIds: innerList(z.object({ prefixListId: text })),
  }),
);
type Permissions = z.infer<typeof permissions>;

const permissionsOf = (elements: Permissions): readonly Permission[] =>
  elements
    .map((permission) => ({
      protocol: permission.ipProtocol,
      fromPort: permission.fromPort,
      toPort: permission.toPort,
      cidrs: ordered(permission.ipRanges.map(({ cidrIp }) => cidrIp)),
      ipv6Cidrs: ordered(permission.ipv6Ranges.map(({ cidrIpv6 }) => cidrIpv6)),
      groups: ordered(permission.groups.map(({ groupId }) => groupId)),
      prefixLists: ordered(permission.prefixListIds.map(({ prefixListId }) => prefixListId)),
    }))
    .toSorted(by((permission) => JSON.stringify(permission)));

/** The groups that rules name, those of other accounts (over VPC peering) too; not the group itself. */
function references(group: ListedSecurityGroup, place: Place): readonly Relation[] {
  const named = [...group.ipPermissions, ...group.ipPermissionsEgress].flatMap(({ groups }) => groups);
  const owners = new Map(named.map(({ groupId, userId }) => [groupId, userId]));
  return [...owners].flatMap(([id, owner]) =>
    id === group.groupId ? [] : relatedEc2("references", "SecurityGroup", id, homeOf(owner, place)),
  );
}

const ListedSecurityGroup = z.object({
  groupId: z.string(),
  groupName: z.string(),
  groupDescription: text,
  vpcId: text,
  ipPermissions: permissions,
  ipPermissionsEgress: permissions,
  tagSet,
});
type ListedSecurityGroup = z.infer<typeof ListedSecurityGroup>;
const Page = z.object({ securityGroupInfo: list(ListedSecurityGroup) });

const describeSecurityGroups = listing("DescribeSecurityGroups");

/** Source: EC2 API 2016-11-15, DescribeSecurityGroups, 1,000 per page. */
export const collector: Collector<SecurityGroup> = {
  id: "ec2.securityGroups",
  service: "ec2",
  resourceType: "AWS::EC2::SecurityGroup",
  scope: "regional",
  actions: ["ec2:DescribeSecurityGroups"],
  async *list({ aws, place }) {
    for await (const page of aws.walk(describeSecurityGroups)) {
      yield Page.parse(page).securityGroupInfo.map((group) => found(group, place));
    }
  },
};

function found(group: ListedSecurityGroup, place: Place): Found<SecurityGroup> {
  const arn = ec2Arn(place, "SecurityGroup", group.groupId);
  return {
    nativeId: arn,
    arn,
    name: group.groupName,
    state: null,
    tags: group.tagSet,
    createdAt: null,
    costMonthly: 0,
    relations: references(group, place),
    attributes: {
      groupId: group.groupId,
      groupName: group.groupName,
      description: group.groupDescription,
      vpcId: group.vpcId,
      ingress: permissionsOf(group.ipPermissions),
      egress: permissionsOf(group.ipPermissionsEgress),
    },
  };
}
