import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found, Place } from "#collectors/collector";
import { innerList, list, number, ordered, tagSet, text } from "./shapes.ts";

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

export interface SecurityGroupAttributes {
  readonly groupId: string;
  readonly groupName: string;
  readonly description: string | null;
  readonly vpcId: string | null;
  readonly ingress: readonly Permission[];
  readonly egress: readonly Permission[];
}

const permissions = innerList(
  z
    .object({
      ipProtocol: z.string(),
      fromPort: number,
      toPort: number,
      ipRanges: innerList(z.object({ cidrIp: text })),
      ipv6Ranges: innerList(z.object({ cidrIpv6: text })),
      groups: innerList(z.object({ groupId: text })),
      prefixListIds: innerList(z.object({ prefixListId: text })),
    })
    .transform((permission): Permission => ({
      protocol: permission.ipProtocol,
      fromPort: permission.fromPort,
      toPort: permission.toPort,
      cidrs: ordered(permission.ipRanges.map(({ cidrIp }) => cidrIp)),
      ipv6Cidrs: ordered(permission.ipv6Ranges.map(({ cidrIpv6 }) => cidrIpv6)),
      groups: ordered(permission.groups.map(({ groupId }) => groupId)),
      prefixLists: ordered(permission.prefixListIds.map(({ prefixListId }) => prefixListId)),
    })),
).transform((list) => list.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)));

const SecurityGroup = z.object({
  groupId: z.string(),
  groupName: z.string(),
  groupDescription: text,
  vpcId: text,
  ipPermissions: permissions,
  ipPermissionsEgress: permissions,
  tagSet,
});
const Page = z.object({ securityGroupInfo: list(SecurityGroup) });

const describeSecurityGroups = {
  service: "ec2",
  action: "DescribeSecurityGroups",
  paging: { token: "NextToken", next: "nextToken", limit: ["MaxResults", 1000] },
} as const satisfies Operation;

/** Source: EC2 API 2016-11-15, DescribeSecurityGroups, 1,000 per page. */
export const collector: Collector<SecurityGroupAttributes> = {
  id: "ec2.securityGroups",
  service: "ec2",
  resourceType: "AWS::EC2::SecurityGroup",
  scope: "regional",
  actions: ["ec2:DescribeSecurityGroups"],
  async *list({ aws, place }) {
    for await (const page of aws.pages(describeSecurityGroups)) {
      yield Page.parse(page).securityGroupInfo.map((group) => found(group, place));
    }
  },
};

function found(group: z.infer<typeof SecurityGroup>, place: Place): Found<SecurityGroupAttributes, object> {
  const arn = `arn:${place.partition}:ec2:${place.region}:${place.awsAccountId}:security-group/${group.groupId}`;
  return {
    nativeId: arn,
    arn,
    name: group.groupName,
    state: null,
    tags: group.tagSet,
    createdAt: null,
    attributes: {
      groupId: group.groupId,
      groupName: group.groupName,
      description: group.groupDescription,
      vpcId: group.vpcId,
      ingress: group.ipPermissions,
      egress: group.ipPermissionsEgress,
    },
  };
}
