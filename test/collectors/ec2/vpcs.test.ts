import { describe, it } from "vitest";
import { collector as flowLogCollector } from "#collectors/ec2/flow-logs";
import { collector } from "#collectors/ec2/vpcs";
import { collect, fakeAws, inPages, type Answering } from "../../support/fake-aws.ts";
import { relation, response } from "./wire.ts";

const vpc = (id: string, more = "", isDefault = false) => `
  <item><vpcId>${id}</vpcId><state>available</state><isDefault>${isDefault}</isDefault>${more}</item>`;

const full = vpc(
  "vpc-0a",
  `<ownerId>111122223333</ownerId>
   <cidrBlock>10.1.0.0/16</cidrBlock>
   <dhcpOptionsId>dopt-0a</dhcpOptionsId>
   <instanceTenancy>default</instanceTenancy>
   <cidrBlockAssociationSet>
     <item><associationId>vpc-cidr-assoc-0a</associationId><cidrBlock>10.1.0.0/16</cidrBlock><cidrBlockState><state>associated</state></cidrBlockState></item>
     <item><associationId>vpc-cidr-assoc-0b</associationId><cidrBlock>10.0.0.0/16</cidrBlock><cidrBlockState><state>associated</state></cidrBlockState></item>
   </cidrBlockAssociationSet>
   <ipv6CidrBlockAssociationSet>
     <item><ipv6CidrBlock>2001:db8:1::/56</ipv6CidrBlock><ipv6CidrBlockState><state>associated</state></ipv6CidrBlockState></item>
   </ipv6CidrBlockAssociationSet>
   <blockPublicAccessStates><internetGatewayBlockMode>block-ingress</internetGatewayBlockMode></blockPublicAccessStates>
   <tagSet><item><key>Name</key><value>main</value></item></tagSet>`,
);

const page = (items: string, token = "") =>
  response("DescribeVpcs", `<vpcSet>${items}</vpcSet>${token && `<nextToken>${token}</nextToken>`}`);
const flowLogs = (items: string, token = "") =>
  response("DescribeFlowLogs", `<flowLogSet>${items}</flowLogSet>${token && `<nextToken>${token}</nextToken>`}`);
const flowLog = (id: string, resourceId: string) =>
  `<item><flowLogId>${id}</flowLogId><resourceId>${resourceId}</resourceId><flowLogStatus>ACTIVE</flowLogStatus></item>`;

const account = (vpcs: Answering, logs: Answering) =>
  fakeAws((call) => (call.action === "DescribeVpcs" ? vpcs : logs)(call));

describe("ec2.vpcs", () => {
  it("reads every fact, and the flow logs of the VPC itself", async ({ expect }) => {
    const logs = inPages(
      flowLogs(flowLog("fl-0b", "vpc-0a") + flowLog("fl-0c", "subnet-0a"), "1"),
      flowLogs(flowLog("fl-0a", "vpc-0a")),
    );
    const aws = account(inPages(page(full)), logs);
    expect(await collect(collector, aws)).toEqual([
      [
        {
          nativeId: "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0a",
          arn: "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0a",
          name: "main",
          state: "available",
          tags: { Name: "main" },
          createdAt: null,
          costMonthly: 0,
          relations: [
            relation("logsTo", "FlowLog", "111122223333:vpc-flow-log/fl-0b"),
            relation("logsTo", "FlowLog", "111122223333:vpc-flow-log/fl-0a"),
          ],
          attributes: {
            vpcId: "vpc-0a",
            ownerId: "111122223333",
            isDefault: false,
            cidrs: ["10.0.0.0/16", "10.1.0.0/16"],
            ipv6Cidrs: ["2001:db8:1::/56"],
            tenancy: "default",
            internetGatewayBlockMode: "block-ingress",
            flowLogIds: ["fl-0a", "fl-0b"],
          },
        },
      ],
    ]);
    expect(aws.asked).toEqual([
      'DescribeVpcs {"MaxResults":1000}',
      'DescribeFlowLogs {"MaxResults":1000}',
      'DescribeFlowLogs {"MaxResults":1000,"NextToken":"1"}',
    ]);
  });

  it("reads one of which little is said", async ({ expect }) => {
    const aws = account(inPages(page(vpc("vpc-0a", "", true))), inPages(flowLogs("")));
    const [[found] = []] = await collect(collector, aws);
    expect(found).toMatchObject({ name: null, tags: {}, relations: [] });
    expect(found?.attributes).toEqual({
      vpcId: "vpc-0a",
      ownerId: null,
      isDefault: true,
      cidrs: [],
      ipv6Cidrs: [],
      tenancy: null,
      internetGatewayBlockMode: null,
      flowLogIds: [],
    });
  });

  it("names a shared one as its owner does", async ({ expect }) => {
    const shared = vpc("vpc-0a", "<ownerId>444455556666</ownerId>");
    const [[found] = []] = await collect(collector, account(inPages(page(shared)), inPages(flowLogs(""))));
    expect(found?.nativeId).toBe("arn:aws:ec2:eu-west-1:444455556666:vpc/vpc-0a");
  });

  it("yields page by page and asks for flow logs once, with those who list them", async ({ expect }) => {
    const aws = account(inPages(page(vpc("vpc-0a"), "1"), page(vpc("vpc-0b"))), inPages(flowLogs("")));
    expect((await collect(collector, aws)).map((one) => one.length)).toEqual([1, 1]);
    expect(await collect(flowLogCollector, aws)).toEqual([[]]);
    expect(aws.asked).toEqual([
      'DescribeVpcs {"MaxResults":1000}',
      'DescribeFlowLogs {"MaxResults":1000}',
      'DescribeVpcs {"MaxResults":1000,"NextToken":"1"}',
    ]);
  });

  it("asks nothing more where there is no VPC", async ({ expect }) => {
    const aws = account(inPages(page("")), () => undefined);
    expect(await collect(collector, aws)).toEqual([[]]);
    expect(aws.calls).toHaveLength(1);
  });

  it.for([
    ["are denied", () => undefined, "DescribeFlowLogs"],
    ["repeat a page", inPages(flowLogs("", "1"), flowLogs("", "1")), "unreadable"],
    ["are no list", inPages(response("DescribeFlowLogs", "")), "unreadable"],
  ] as const)("leaves flow logs unknown that %s", async ([, logs, gap], { expect }) => {
    const aws = account(inPages(page(full)), logs);
    const [[found] = []] = await collect(collector, aws);
    expect(found?.attributes).toHaveProperty("flowLogIds", undefined);
    expect(found?.relations).toEqual([]);
    expect(aws.gaps).toEqual([gap]);
  });

  it("keeps the gap of flow logs it may not read, and does not ask again", async ({ expect }) => {
    const aws = account(inPages(page(full)), () => undefined);
    await collect(collector, aws);
    expect(aws.gaps).toEqual(["DescribeFlowLogs"]);
    expect(aws.asked).toEqual(['DescribeVpcs {"MaxResults":1000}', 'DescribeFlowLogs {"MaxResults":1000}']);
  });

  it("fails when its own list fails or is none", async ({ expect }) => {
    await expect(
      collect(
        collector,
        account(() => undefined, inPages(flowLogs(""))),
      ),
    ).rejects.toThrow("AccessDenied");
    const none = account(inPages(response("DescribeVpcs", "")), inPages(flowLogs("")));
    await expect(collect(collector, none)).rejects.toThrow();
  });
});
