import { describe, it } from "vitest";
import { collector } from "#collectors/ec2/flow-logs";
import { collect, fakeAws, inPages } from "../../support/fake-aws.ts";
import { response } from "./wire.ts";

const flowLog = (id: string, more = "") => `
  <item><flowLogId>${id}</flowLogId><flowLogStatus>ACTIVE</flowLogStatus>${more}</item>`;

const full = flowLog(
  "fl-0a",
  `<creationTime>2026-02-01T10:00:00.123Z</creationTime>
   <resourceId>vpc-0a</resourceId>
   <trafficType>REJECT</trafficType>
   <deliverLogsStatus>FAILED</deliverLogsStatus>
   <deliverLogsErrorMessage>Access error</deliverLogsErrorMessage>
   <deliverLogsPermissionArn>arn:aws:iam::111122223333:role/flow-logs</deliverLogsPermissionArn>
   <logDestinationType>cloud-watch-logs</logDestinationType>
   <logDestination>arn:aws:logs:eu-west-1:111122223333:log-group:flow:*</logDestination>
   <logGroupName>flow</logGroupName>
   <maxAggregationInterval>600</maxAggregationInterval>
   <tagSet><item><key>Name</key><value>rejected</value></item></tagSet>`,
);

const page = (items: string, token = "") =>
  response("DescribeFlowLogs", `<flowLogSet>${items}</flowLogSet>${token && `<nextToken>${token}</nextToken>`}`);

describe("ec2.flowLogs", () => {
  it("reads every fact", async ({ expect }) => {
    expect(await collect(collector, fakeAws(inPages(page(full))))).toEqual([
      [
        {
          nativeId: "arn:aws:ec2:eu-west-1:111122223333:vpc-flow-log/fl-0a",
          arn: "arn:aws:ec2:eu-west-1:111122223333:vpc-flow-log/fl-0a",
          name: "rejected",
          state: "ACTIVE",
          tags: { Name: "rejected" },
          createdAt: "2026-02-01T10:00:00.123Z",
          relations: [
            {
              kind: "logsTo",
              resourceType: "AWS::Logs::LogGroup",
              target: "arn:aws:logs:eu-west-1:111122223333:log-group:flow",
            },
            { kind: "assumes", resourceType: "AWS::IAM::Role", target: "arn:aws:iam::111122223333:role/flow-logs" },
          ],
          attributes: {
            flowLogId: "fl-0a",
            resourceId: "vpc-0a",
            trafficType: "REJECT",
            deliverLogsStatus: "FAILED",
            deliverLogsError: "Access error",
            destinationType: "cloud-watch-logs",
            destination: "arn:aws:logs:eu-west-1:111122223333:log-group:flow",
            maxAggregationSeconds: 600,
          },
        },
      ],
    ]);
  });

  it.for([
    [
      "<logDestination>arn:aws:s3:::logs/flow/</logDestination>",
      { kind: "logsTo", resourceType: "AWS::S3::Bucket", target: "arn:aws:s3:::logs" },
    ],
    [
      "<logDestination>arn:aws:firehose:eu-west-1:111122223333:deliverystream/flow</logDestination>",
      {
        kind: "logsTo",
        resourceType: "AWS::KinesisFirehose::DeliveryStream",
        target: "arn:aws:firehose:eu-west-1:111122223333:deliverystream/flow",
      },
    ],
    [
      "<logGroupName>/vpc/flow</logGroupName>",
      {
        kind: "logsTo",
        resourceType: "AWS::Logs::LogGroup",
        target: "arn:aws:logs:eu-west-1:111122223333:log-group:/vpc/flow",
      },
    ],
  ] as const)("knows where %s is", async ([destination, relation], { expect }) => {
    const [[found] = []] = await collect(collector, fakeAws(inPages(page(flowLog("fl-0a", destination)))));
    expect(found?.relations).toEqual([relation]);
  });

  it("reads one of which little is said, page by page, 1,000 at a time", async ({ expect }) => {
    const aws = fakeAws(inPages(page(full, "1"), page(flowLog("fl-0b"))));
    const [, [found] = []] = await collect(collector, aws);
    expect(found).toMatchObject({ name: null, createdAt: null, relations: [] });
    expect(found?.attributes).toMatchObject({ resourceId: null, trafficType: null, destination: null });
    expect(aws.calls.map(({ input }) => input)).toEqual([{ MaxResults: 1000 }, { MaxResults: 1000, NextToken: "1" }]);
  });

  it("yields nothing for an account without any, in one call", async ({ expect }) => {
    const aws = fakeAws(inPages(page("")));
    expect(await collect(collector, aws)).toEqual([[]]);
    expect(aws.calls).toHaveLength(1);
  });

  it("fails when the list is denied or none", async ({ expect }) => {
    await expect(
      collect(
        collector,
        fakeAws(() => undefined),
      ),
    ).rejects.toThrow("AccessDenied");
    await expect(collect(collector, fakeAws(inPages(response("DescribeFlowLogs", ""))))).rejects.toThrow();
  });
});
