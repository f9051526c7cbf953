import { z } from "zod";
import { listAt } from "#aws/answer";
import type { AwsCaller, Operation } from "#aws/caller";

/** One figure about one thing: a statistic of a metric over the last days. */
export interface MetricQuery {
  /** `AWS/RDS`. */
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** CloudWatch's statistic of each day: `Sum`, `Average`, `Maximum`. */
  readonly stat: "Sum" | "Average" | "Maximum";
  /** How many whole days back. */
  readonly days: number;
  /** What is made of the days' figures. */
  readonly over: "sum" | "max" | "average";
}

const getMetricData: Operation = {
  service: "cloudwatch",
  action: "GetMetricData",
  paging: { token: "NextToken", next: "NextToken" },
};
export const metricActions = ["cloudwatch:GetMetricData"] as const;

/** Source: CloudWatch API 2010-08-01, GetMetricData: 500 queries a call. */
const queriesMax = 500;
const dayMs = 86_400_000;

const Result = z.object({
  Id: z.string(),
  /** Seconds since 1970: where each period began. */
  Timestamps: z.array(z.number()).default([]),
  Values: z.array(z.number()).default([]),
});

interface Datum {
  readonly at: number;
  readonly value: number;
}

export type Figure = number | null | undefined;

/**
 * The figures of each thing's queries, in their order; null: there is no data; `undefined`: it could not be read, and the gap
 * is kept. Days are UTC days that have ended, so that two scans of a day ask the same.
 */
export async function figuresFor(
  aws: AwsCaller,
  things: readonly (readonly MetricQuery[])[],
  now: Date,
): Promise<Figure[][]> {
  const queries = things.flat();
  const starts = Array.from({ length: Math.ceil(queries.length / queriesMax) }, (_, at) => at * queriesMax);
  const batches = await Promise.all(starts.map((start) => batchOf(aws, queries.slice(start, start + queriesMax), now)));
  const figures = batches.flat();
  let at = 0;
  return things.map((own) => {
    at += own.length;
    return figures.slice(at - own.length, at);
  });
}

async function batchOf(aws: AwsCaller, queries: readonly MetricQuery[], now: Date): Promise<Figure[]> {
  const end = Math.floor(now.getTime() / dayMs) * dayMs;
  const days = Math.max(...queries.map((query) => query.days));
  const input = {
    StartTime: (end - days * dayMs) / 1000,
    EndTime: end / 1000,
    MetricDataQueries: queries.map((query, at) => ({ Id: `q${at}`, MetricStat: statOf(query) })),
  };
  const data = new Map<string, Datum[]>();
  try {
    for await (const page of aws.pages(getMetricData, input)) {
      for (const { Id, Timestamps, Values } of z.array(Result).parse(listAt(page, "MetricDataResults"))) {
        const own = Values.map((value, at): Datum => ({ at: (Timestamps[at] ?? Infinity) * 1000, value }));
        data.set(Id, [...(data.get(Id) ?? []), ...own]);
      }
    }
  } catch (error) {
    aws.gap(error);
    return queries.map(() => undefined);
  }
  return queries.map((query, at) => reduced(data.get(`q${at}`) ?? [], query, end));
}

const statOf = ({ namespace, metric, dimensions, stat }: MetricQuery): object => ({
  Metric: {
    Namespace: namespace,
    MetricName: metric,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
  },
  Period: dayMs / 1000,
  Stat: stat,
});

/** A batch asks for the longest stretch any of its queries wants: what is older than a query's own is left out. */
function reduced(data: readonly Datum[], { days, over }: MetricQuery, end: number): number | null {
  const own = data.filter(({ at }) => at >= end - days * dayMs).map(({ value }) => value);
  if (own.length === 0) return null;
  if (over === "max") return Math.max(...own);
  const sum = own.reduce((a, b) => a + b, 0);
  return over === "sum" ? sum : sum / own.length;
}
