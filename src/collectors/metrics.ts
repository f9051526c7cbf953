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

const Result = z.object({ Id: z.string(), Values: z.array(z.number()).default([]), StatusCode: z.string().optional() });

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
  const values = new Map<string, number[]>();
  try {
    for await (const page of aws.pages(getMetricData, input)) {
      for (const { Id, Values } of z.array(Result).parse(listAt(page, "MetricDataResults"))) {
        values.set(Id, [...(values.get(Id) ?? []), ...Values]);
      }
    }
  } catch {
    // Asked once more, so that the gap is kept for the scan's coverage.
    await aws.attempt(getMetricData, input);
    return queries.map(() => undefined);
  }
  return queries.map((query, at) => reduced(values.get(`q${at}`) ?? [], query));
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

/** Newest first is how CloudWatch answers; days beyond a query's own are left out. */
function reduced(values: readonly number[], { days, over }: MetricQuery): number | null {
  const own = values.slice(0, days);
  if (own.length === 0) return null;
  if (over === "max") return Math.max(...own);
  const sum = own.reduce((a, b) => a + b, 0);
  return over === "sum" ? sum : sum / own.length;
}
