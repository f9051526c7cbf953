import { describe, it } from "vitest";
import { collector } from "#collectors/ssm/managed-instances";
import { allOf, collect, fakeAws } from "../../support/fake-aws.ts";

const arn = (id: string): string => `arn:aws:ssm:eu-west-1:111122223333:managed-instance/${id}`;
const ec2 = (id: string, more: object = {}) => ({ InstanceId: id, ResourceType: "EC2Instance", ...more });
const list = (instances: readonly unknown[], next?: string): string =>
  JSON.stringify({ InstanceInformationList: instances, NextToken: next });
const patch = (id: string, more: object = {}) => ({
  ComplianceType: "Patch",
  ResourceType: "ManagedInstance",
  ResourceId: id,
  Status: "COMPLIANT",
  ...more,
});
const summaries = (items: readonly unknown[], next?: string): string =>
  JSON.stringify({ ResourceComplianceSummaryItems: items, NextToken: next });
const tagging = JSON.stringify({
  PaginationToken: "",
  ResourceTagMappingList: [{ ResourceARN: arn("mi-1"), Tags: [{ Key: "env", Value: "prod" }] }],
});

const listed = 'DescribeInstanceInformation {"MaxResults":50}';
const compliance =
  'ListResourceComplianceSummaries {"Filters":[{"Key":"ComplianceType","Values":["Patch"],"Type":"EQUAL"}],"MaxResults":50}';

describe("ssm.managedInstances", () => {
  it("reads an EC2 instance and how its patches stand", async ({ expect }) => {
    const instance = ec2("i-1", {
      PingStatus: "Online",
      LastPingDateTime: 1_700_000_100.5,
      AgentVersion: "3.2.1705.0",
      IsLatestVersion: true,
      PlatformType: "Linux",
      PlatformName: "Amazon Linux",
      PlatformVersion: "2023",
      IPAddress: "10.0.0.4",
      ComputerName: "ip-10-0-0-4.eu-west-1.compute.internal",
      RegistrationDate: 1_700_000_000.123,
      SourceId: "i-1",
      SourceType: "AWS::EC2::Instance",
    });
    const missing = patch("i-1", {
      Status: "NON_COMPLIANT",
      OverallSeverity: "CRITICAL",
      ExecutionSummary: { ExecutionTime: 1_700_000_200, ExecutionType: "Command" },
      CompliantSummary: { CompliantCount: 300 },
      NonCompliantSummary: {
        NonCompliantCount: 4,
        SeveritySummary: { CriticalCount: 1, HighCount: 2, MediumCount: 1, LowCount: 0 },
      },
    });
    const aws = fakeAws({
      DescribeInstanceInformation: list([instance]),
      ListResourceComplianceSummaries: summaries([missing]),
    });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: arn("i-1"),
        arn: arn("i-1"),
        name: "ip-10-0-0-4.eu-west-1.compute.internal",
        state: null,
        tags: {},
        createdAt: "2023-11-14T22:13:20.123Z",
        relations: [
          {
            kind: "attachedTo",
            resourceType: "AWS::EC2::Instance",
            target: "arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
          },
        ],
        attributes: {
          instanceId: "i-1",
          kind: "EC2Instance",
          platformType: "Linux",
          platformName: "Amazon Linux",
          platformVersion: "2023",
          computerName: "ip-10-0-0-4.eu-west-1.compute.internal",
          iamRole: null,
        },
        observed: {
          pingStatus: "Online",
          lastPingAt: "2023-11-14T22:15:00.500Z",
          agentVersion: "3.2.1705.0",
          isLatestAgent: true,
          patch: {
            status: "NON_COMPLIANT",
            checkedAt: "2023-11-14T22:16:40.000Z",
            nonCompliant: { total: 4, critical: 1, high: 2 },
          },
        },
      },
    ]);
    expect(aws.asked).toEqual([listed, compliance]);
  });

  it("asks for the tags of machines outside EC2, and tells unread patches from none", async ({ expect }) => {
    const hybrid = { InstanceId: "mi-1", ResourceType: "ManagedInstance", IamRole: "SsmHybrid" };
    const instances = list([hybrid, ec2("i-1")]);
    const aws = fakeAws({
      DescribeInstanceInformation: instances,
      ListResourceComplianceSummaries: summaries([patch("i-1")]),
      GetResources: tagging,
    });
    const found = await allOf(collector, aws);
    expect(found.map(({ tags, tagsUnread, observed }) => [tags, tagsUnread, observed?.patch])).toEqual([
      [{ env: "prod" }, false, null],
      [{}, undefined, { status: "COMPLIANT", checkedAt: null, nonCompliant: { total: 0, critical: 0, high: 0 } }],
    ]);
    expect(found[0]).toMatchObject({ relations: [], attributes: { iamRole: "SsmHybrid" } });

    const denied = fakeAws({ DescribeInstanceInformation: instances });
    const unread = await allOf(collector, denied);
    expect(unread.map(({ tagsUnread, observed }) => [tagsUnread, observed?.patch])).toEqual([
      [true, undefined],
      [undefined, undefined],
    ]);
    expect(denied.gaps).toEqual(["ListResourceComplianceSummaries", "GetResources"]);
  });

  it("goes through all pages of both lists", async ({ expect }) => {
    const aws = fakeAws({
      DescribeInstanceInformation: ({ NextToken }) =>
        NextToken === "t2" ? list([ec2("i-3")]) : list([ec2("i-1"), ec2("i-2")], "t2"),
      ListResourceComplianceSummaries: ({ NextToken }) =>
        NextToken === "p2" ? summaries([patch("i-3")]) : summaries([patch("i-1")], "p2"),
    });
    const pages = await collect(collector, aws);
    const status = pages.map((page) => page.map(({ observed }) => observed?.patch?.status));
    expect(status).toEqual([["COMPLIANT", undefined], ["COMPLIANT"]]);
    expect(aws.calls).toHaveLength(4);
  });

  it("makes one call for a region without instances, and fails when the list is denied or none", async ({ expect }) => {
    const aws = fakeAws({ DescribeInstanceInformation: list([]) });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual([listed]);
    await expect(allOf(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    await expect(allOf(collector, fakeAws({ DescribeInstanceInformation: "{}" }))).rejects.toThrow();
  });
});
