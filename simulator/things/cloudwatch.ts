import { z } from "zod";
import { AwsError, json, trouble } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import { filterName } from "./logs.ts";
import { topicArnOf } from "./sns.ts";
import { countOf, isBare, isBusy, pageOf, secondsBefore, type ThingService } from "./thing.ts";

/** Source: CloudWatch API 2010-08-01. */
const kind = "cloudwatch.alarms";
const paging = { token: "NextToken", limit: "MaxRecords", byDefault: 50, min: 1, max: 100 };

const arnOf = ({ account, region }: Call, n: number): string =>
  `arn:aws:cloudwatch:${region}:${account.id}:alarm:alarm-${n}`;

/** Every third watches a formula, the others the metric of a filter. */
const watched = (n: number): object =>
  n % 3 === 2
    ? {
        Metrics: [
          {
            Id: "m1",
            MetricStat: {
              Metric: { Namespace: "CloudTrailMetrics", MetricName: filterName(n), Dimensions: [] },
              Period: 300,
              Stat: "Sum",
            },
            ReturnData: false,
          },
          { Id: "e1", Expression: "m1 * 2", Label: "twice", ReturnData: true },
        ],
      }
    : {
        MetricName: filterName(n),
        Namespace: "CloudTrailMetrics",
        Statistic: "Sum",
        Dimensions: [],
        Period: 300,
      };

const describeAlarms: Operation = (call) => {
  const { numbers, next } = pageOf(call, kind, paging);
  const MetricAlarms = numbers.map((n) => ({
    AlarmName: `alarm-${n}`,
    AlarmArn: arnOf(call, n),
    AlarmDescription: `alarm ${n}`,
    AlarmConfigurationUpdatedTimestamp: secondsBefore(call, 90),
    ActionsEnabled: n % 7 !== 6,
    OKActions: [],
    AlarmActions: isBare(n) ? [] : [topicArnOf(call, 0)],
    InsufficientDataActions: [],
    StateValue: isBare(n) ? "INSUFFICIENT_DATA" : "OK",
    StateReason: "Unchecked: Initial alarm creation",
    StateUpdatedTimestamp: secondsBefore(call, 5),
    ...watched(n),
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: "GreaterThanOrEqualToThreshold",
    TreatMissingData: "notBreaching",
  }));
  return json({ MetricAlarms, CompositeAlarms: [], NextToken: next });
};

const MetricData = z.object({
  StartTime: z.number(),
  EndTime: z.number(),
  MetricDataQueries: z.array(
    z.object({
      Id: z.string(),
      MetricStat: z.object({
        Metric: z.object({
          Namespace: z.string(),
          MetricName: z.string(),
          Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })).default([]),
        }),
        Period: z.number().positive(),
      }),
    }),
  ),
});
type MetricQuery = z.output<typeof MetricData>["MetricDataQueries"][number];

/** Whose figures a namespace holds, of things made up by number. */
const kindOf: Readonly<Record<string, string>> = {
  "AWS/DynamoDB": "dynamodb.tables",
  "AWS/NATGateway": "ec2.natGateways",
  "AWS/SageMaker": "sagemaker.endpoints",
};

/** Far above what any check takes for idle: percent or connections, or bytes and requests. */
const busyFigure = (metric: string): number => (/(Utilization|Connections)$/.test(metric) ? 35 : 50_000_000);
const countsFaults = (metric: string): boolean => metric.endsWith("Charged");

/** A thing's figure of each day; `undefined`: nobody knows the thing. */
function figureOf(call: Call, { MetricStat: { Metric } }: MetricQuery): number | undefined {
  const digits = /(\d+)\D*$/.exec(Metric.Dimensions[0]?.Value ?? "")?.[1];
  if (digits === undefined) return undefined;
  const n = Number(digits);
  const kind = kindOf[Metric.Namespace];
  if (kind !== undefined && n >= countOf(call, kind)) return undefined;
  return isBusy(n) && !countsFaults(Metric.MetricName) ? busyFigure(Metric.MetricName) : 0;
}

const queriesMax = 500;
const dataPointsMax = 100_800;

/** A value for each period, the newest first. */
const getMetricData: Operation = (call) => {
  const asked = MetricData.safeParse(call.input).data;
  if (!asked) throw trouble("cloudwatch", "badParameter", "The parameters cannot be read.");
  const { StartTime, EndTime, MetricDataQueries } = asked;
  const periodsOf = ({ MetricStat: { Period } }: MetricQuery) =>
    Math.max(0, Math.floor((EndTime - StartTime) / Period));
  const points = MetricDataQueries.reduce((sum, query) => sum + periodsOf(query), 0);
  if (MetricDataQueries.length > queriesMax || points > dataPointsMax) {
    throw new AwsError("ValidationError", 400, `More than ${queriesMax} queries or ${dataPointsMax} values.`);
  }
  const MetricDataResults = MetricDataQueries.map((query) => {
    const { Period, Metric } = query.MetricStat;
    const figure = figureOf(call, query);
    const at = Array.from({ length: figure === undefined ? 0 : periodsOf(query) }, (_, day) => day + 1);
    return {
      Id: query.Id,
      Label: Metric.MetricName,
      Timestamps: at.map((day) => EndTime - day * Period),
      Values: at.map(() => figure),
      StatusCode: "Complete",
    };
  });
  return json({ MetricDataResults, Messages: [] });
};

export const cloudwatch: ThingService = {
  operations: { DescribeAlarms: describeAlarms, GetMetricData: getMetricData },
  kinds: { [kind]: { isTagged: true, arnOf } },
};
