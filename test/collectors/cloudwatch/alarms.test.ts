import { describe, it } from "vitest";
import { collector } from "#collectors/cloudwatch/alarms";
import { allOf, collect, fakeAws } from "../../support/fake-aws.ts";

const arn = (name: string): string => `arn:aws:cloudwatch:eu-west-1:111122223333:alarm:${name}`;
const topic = "arn:aws:sns:eu-west-1:111122223333:pages";
const alarm = (name: string, more: object = {}) => ({ AlarmName: name, AlarmArn: arn(name), ...more });
const list = (alarms: readonly unknown[], next?: string): string =>
  JSON.stringify({ MetricAlarms: alarms, CompositeAlarms: [], NextToken: next });
const tagging = JSON.stringify({
  PaginationToken: "",
  ResourceTagMappingList: [{ ResourceARN: arn("root"), Tags: [{ Key: "env", Value: "prod" }] }],
});
const listed = 'DescribeAlarms {"MaxRecords":100}';

describe("cloudwatch.alarms", () => {
  it("reads an alarm", async ({ expect }) => {
    const root = alarm("root", {
      AlarmDescription: "Root signed in",
      AlarmConfigurationUpdatedTimestamp: 1_700_000_000.123,
      ActionsEnabled: true,
      OKActions: [],
      AlarmActions: [topic, "arn:aws:lambda:eu-west-1:111122223333:function:page"],
      InsufficientDataActions: [],
      StateValue: "OK",
      StateReason: "Threshold Crossed",
      StateUpdatedTimestamp: 1_700_000_100,
      MetricName: "root-count",
      Namespace: "CIS",
      Statistic: "Sum",
      Dimensions: [],
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1.0,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
      TreatMissingData: "notBreaching",
    });
    const aws = fakeAws({ DescribeAlarms: list([root]), GetResources: tagging });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: arn("root"),
        arn: arn("root"),
        name: "root",
        state: null,
        tags: { env: "prod" },
        tagsUnread: false,
        createdAt: null,
        relations: [{ kind: "forwardsTo", resourceType: "AWS::SNS::Topic", target: topic }],
        attributes: {
          description: "Root signed in",
          namespace: "CIS",
          metricName: "root-count",
          metrics: [{ namespace: "CIS", metricName: "root-count" }],
          actionsEnabled: true,
          alarmActions: ["arn:aws:lambda:eu-west-1:111122223333:function:page", topic],
          comparisonOperator: "GreaterThanOrEqualToThreshold",
          threshold: 1,
          periodSeconds: 300,
          evaluationPeriods: 1,
          treatMissingData: "notBreaching",
          configuredAt: "2023-11-14T22:13:20.123Z",
        },
        observed: { alarmState: "OK", alarmStateAt: "2023-11-14T22:15:00.000Z" },
      },
    ]);
    expect(aws.asked).toEqual([listed, `GetResources {"ResourceARNList":["${arn("root")}"]}`]);
  });

  it("names every metric of a formula once", async ({ expect }) => {
    const stat = (Namespace: string, MetricName: string) => ({
      MetricStat: { Metric: { Namespace, MetricName, Dimensions: [] }, Period: 60, Stat: "Sum" },
    });
    const formula = alarm("formula", {
      Metrics: [
        { Id: "e", Expression: "m1+m2" },
        { Id: "m1", ...stat("Shop", "b") },
        { Id: "m2", ...stat("CIS", "root-count") },
        { Id: "m3", ...stat("Shop", "b") },
      ],
    });
    const [found] = await allOf(collector, fakeAws({ DescribeAlarms: list([formula]) }));
    expect(found?.attributes).toMatchObject({
      namespace: null,
      metricName: null,
      metrics: [
        { namespace: "CIS", metricName: "root-count" },
        { namespace: "Shop", metricName: "b" },
      ],
    });
  });

  it("reads a bare alarm, whose tags were denied", async ({ expect }) => {
    const [found] = await allOf(collector, fakeAws({ DescribeAlarms: list([alarm("bare")]) }));
    const { metrics, actionsEnabled, alarmActions, ...rest } = { ...found?.attributes };
    expect({ metrics, actionsEnabled, alarmActions }).toEqual({ metrics: [], actionsEnabled: false, alarmActions: [] });
    expect(new Set(Object.values(rest))).toEqual(new Set([null]));
    expect(found).toMatchObject({ tags: {}, tagsUnread: true, relations: [] });
  });

  it("goes through all pages", async ({ expect }) => {
    const aws = fakeAws({
      DescribeAlarms: ({ NextToken }) =>
        NextToken === "t2" ? list([alarm("c")]) : list([alarm("a"), alarm("b")], "t2"),
    });
    const pages = await collect(collector, aws);
    expect(pages.map((page) => page.map(({ name }) => name))).toEqual([["a", "b"], ["c"]]);
  });

  it("makes one call for a region without alarms, and fails when the list is denied", async ({ expect }) => {
    const aws = fakeAws({ DescribeAlarms: list([]) });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual([listed]);
    await expect(allOf(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
  });
});
