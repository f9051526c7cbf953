import { z } from "zod";
import type { Collector, Found, Place } from "#collectors/collector";
import { ordered } from "#collectors/order";
import { ec2Arn, relatedEc2 } from "#collectors/relations";
import { entriesOf } from "#collectors/shared";
import { claim, part, text } from "#collectors/xml";
import { describeFlowLogs, homeOf, innerList, list, listing, nameOf, tagSet } from "./shapes.ts";

export interface Vpc {
  readonly vpcId: string;
  /** Another account's when the VPC is shared with this one. */
  readonly ownerId: string | null;
  readonly isDefault: boolean;
  /** IPv4 ranges, the first one and those added to it. */
  readonly cidrs: readonly string[];
  readonly ipv6Cidrs: readonly string[];
  /** `default` or `dedicated`. */
  readonly tenancy: string | null;
  /** `block-bidirectional` or `block-ingress` where VPC Block Public Access closes the way to internet gateways. */
  readonly internetGatewayBlockMode: string | null;
  /** Flow logs of the VPC itself, not of its subnets. */
  readonly flowLogIds: readonly string[] | undefined;
}

const ListedVpc = z.object({
  vpcId: z.string(),
  ownerId: text,
  state: text,
  isDefault: claim,
  cidrBlock: text,
  cidrBlockAssociationSet: innerList(z.object({ cidrBlock: text })),
  ipv6CidrBlockAssociationSet: innerList(z.object({ ipv6CidrBlock: text })),
  instanceTenancy: text,
  blockPublicAccessStates: part({ internetGatewayBlockMode: text }),
  tagSet,
});
type ListedVpc = z.infer<typeof ListedVpc>;
const Page = z.object({ vpcSet: list(ListedVpc) });

const FlowLogs = z
  .object({ flowLogSet: list(z.object({ flowLogId: z.string(), resourceId: text })) })
  .transform(({ flowLogSet }) => flowLogSet);
type FlowLogs = z.infer<typeof FlowLogs>;

const describeVpcs = listing("DescribeVpcs");

/** Source: EC2 API 2016-11-15, DescribeVpcs, 1,000 per page, and DescribeFlowLogs where there are VPCs. */
export const collector: Collector<Vpc> = {
  id: "ec2.vpcs",
  service: "ec2",
  resourceType: "AWS::EC2::VPC",
  scope: "regional",
  actions: ["ec2:DescribeFlowLogs", "ec2:DescribeVpcs"],
  async *list({ aws, place }) {
    let flowLogs: readonly FlowLogs[number][] | undefined;
    let asked = false;
    for await (const page of aws.walk(describeVpcs)) {
      const { vpcSet } = Page.parse(page);
      if (!asked && vpcSet.length > 0) {
        flowLogs = await entriesOf(aws, describeFlowLogs, FlowLogs);
        asked = true;
      }
      yield vpcSet.map((vpc) => found(vpc, flowLogs, place));
    }
  },
};

function found(vpc: ListedVpc, flowLogs: readonly FlowLogs[number][] | undefined, place: Place): Found<Vpc> {
  const arn = ec2Arn(homeOf(vpc.ownerId, place), "VPC", vpc.vpcId);
  const own = flowLogs?.filter(({ resourceId }) => resourceId === vpc.vpcId).map(({ flowLogId }) => flowLogId);
  const cidrs = [vpc.cidrBlock, ...vpc.cidrBlockAssociationSet.map(({ cidrBlock }) => cidrBlock)];
  return {
    nativeId: arn,
    arn,
    name: nameOf(vpc.tagSet),
    state: vpc.state,
    tags: vpc.tagSet,
    createdAt: null,
    costMonthly: 0,
    relations: relatedEc2("logsTo", "FlowLog", own, place),
    attributes: {
      vpcId: vpc.vpcId,
      ownerId: vpc.ownerId,
      isDefault: vpc.isDefault,
      cidrs: ordered(cidrs),
      ipv6Cidrs: ordered(vpc.ipv6CidrBlockAssociationSet.map(({ ipv6CidrBlock }) => ipv6CidrBlock)),
      tenancy: vpc.instanceTenancy,
      internetGatewayBlockMode: vpc.blockPublicAccessStates.internetGatewayBlockMode,
      flowLogIds: own && ordered(own),
    },
  };
}
