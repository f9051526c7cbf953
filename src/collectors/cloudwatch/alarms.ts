import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found } from "#collectors/collector";
import { flag, instant, list, number, text, texts } from "#collectors/json";
import { related } from "#collectors/relations";
import { tagActions, taggedAs } from "#collectors/tags";

/** An alarm on metrics; those made of other alarms are another kind. */
export interface Alarm {
  readonly description: string | null;
  /** null: it watches a formula, made of `metrics`. */
  readonly namespace: string | null;
  readonly metricName: string | null;
  /** All it watches, by namespace and name. */
  readonly metrics: readonly { readonly namespace: string; readonly metricName: string }[];
  readonly actionsEnabled: boolean;
  /** ARNs: topics, scaling policies, functions, … */
  readonly alarmActions: readonly string[];
  readonly comparisonOperator: string | null;
  readonly threshold: number | null;
  readonly periodSeconds: number | null;
  readonly evaluationPeriods: number | null;
  readonly treatMissingData: string | null;
  readonly configuredAt: string | null;
}

export interface AlarmObserved {
  /** `OK`, `ALARM` or `INSUFFICIENT_DATA`. */
  readonly alarmState: string | null;
  readonly alarmStateAt: string | null;
}

const describeAlarms: Operation = {
  service: "cloudwatch",
  action: "DescribeAlarms",
  paging: { token: "NextToken", next: "NextToken", limit: ["MaxRecords", 100] },
};

const Metric = z.object({ Namespace: text, MetricName: text });
const ListedAlarm = Metric.extend({
  AlarmName: z.string(),
  AlarmArn: z.string(),
  AlarmDescription: text,
  AlarmConfigurationUpdatedTimestamp: instant,
  ActionsEnabled: flag,
  AlarmActions: texts,
  StateValue: text,
  StateUpdatedTimestamp: instant,
  Period: number,
  EvaluationPeriods: number,
  Threshold: number,
  ComparisonOperator: text,
  TreatMissingData: text,
  Metrics: list(z.object({ MetricStat: z.object({ Metric }).nullish() })),
});
type ListedAlarm = z.infer<typeof ListedAlarm>;

const Page = z.object({ MetricAlarms: list(ListedAlarm) });

/** Source: CloudWatch API 2010-08-01, DescribeAlarms (of its own accord metric alarms alone). 100 per page. */
export const collector: Collector<Alarm, AlarmObserved> = {
  id: "cloudwatch.alarms",
  service: "cloudwatch",
  resourceType: "AWS::CloudWatch::Alarm",
  scope: "regional",
  actions: ["cloudwatch:DescribeAlarms", ...tagActions],
  async *list(context) {
    for await (const page of context.aws.walk(describeAlarms)) {
      yield Page.parse(page).MetricAlarms.map(found);
    }
  },
};

function metricsOf(alarm: ListedAlarm): Alarm["metrics"] {
  const metrics = [alarm, ...alarm.Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? [])];
  const named = metrics.flatMap(({ Namespace: namespace, MetricName: metricName }) =>
    namespace === null || metricName === null
      ? []
      : [[`${namespace}\n${metricName}`, { namespace, metricName }] as const],
  );
  return [...new Map(named.toSorted(([a], [b]) => (a < b ? -1 : 1))).values()];
}

const found = (alarm: ListedAlarm): Found<Alarm, AlarmObserved> => ({
  nativeId: alarm.AlarmArn,
  arn: alarm.AlarmArn,
  name: alarm.AlarmName,
  state: null,
  ...taggedAs(alarm.AlarmArn),
  createdAt: null,
  relations: related(
    "forwardsTo",
    "AWS::SNS::Topic",
    alarm.AlarmActions.filter((action) => action.split(":")[2] === "sns"),
  ),
  attributes: {
    description: alarm.AlarmDescription,
    namespace: alarm.Namespace,
    metricName: alarm.MetricName,
    metrics: metricsOf(alarm),
    actionsEnabled: alarm.ActionsEnabled ?? false,
    alarmActions: alarm.AlarmActions.toSorted(),
    comparisonOperator: alarm.ComparisonOperator,
    threshold: alarm.Threshold,
    periodSeconds: alarm.Period,
    evaluationPeriods: alarm.EvaluationPeriods,
    treatMissingData: alarm.TreatMissingData,
    configuredAt: alarm.AlarmConfigurationUpdatedTimestamp,
  },
  observed: { alarmState: alarm.StateValue, alarmStateAt: alarm.StateUpdatedTimestamp },
});
