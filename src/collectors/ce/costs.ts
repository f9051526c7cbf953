import { z } from "zod";
import type { AwsCaller, Operation } from "#aws/caller";
import type { Collector, Found } from "#collectors/collector";
import { flag, list } from "#collectors/json";
import { by } from "#collectors/order";

/** What an account spends on one AWS service, taxes and support among them. */
export interface ServiceCost {
  /** Cost Explorer's name of it: `Amazon Elastic Compute Cloud - Compute`. */
  readonly service: string;
  /** `USD`, in China `CNY`. */
  readonly currency: string;
}

export interface ServiceCostObserved {
  /** Each of the last 30 full UTC days, the oldest first; 0 where nothing was spent. */
  readonly days: readonly DailyCost[];
}

export interface DailyCost {
  /** `2026-11-20`. */
  readonly day: string;
  readonly amount: number;
  /** AWS may still change it. */
  readonly isEstimated: boolean;
}

const daysBack = 30;
const dayMs = 86_400_000;

const getCostAndUsage: Operation = {
  service: "ce",
  action: "GetCostAndUsage",
  paging: { token: "NextPageToken", next: "NextPageToken" },
};

const Page = z.object({
  ResultsByTime: z.array(
    z.object({
      TimePeriod: z.object({ Start: z.string() }),
      Estimated: flag,
      Groups: list(
        z.object({
          Keys: z.tuple([z.string()]),
          Metrics: z.object({ UnblendedCost: z.object({ Amount: z.coerce.number(), Unit: z.string() }) }),
        }),
      ),
    }),
  ),
});
type Day = z.infer<typeof Page>["ResultsByTime"][number];

/**
 * Source: Cost Explorer API 2017-10-25, GetCostAndUsage: unblended cost by day and service, of this account alone (that of
 * an organization's management account would be everyone's). AWS bills each request with $0.01.
 */
export const collector: Collector<ServiceCost, ServiceCostObserved> = {
  id: "ce.costs",
  service: "ce",
  resourceType: "AWS::CE::ServiceCost",
  scope: "global",
  keeps: "dailyCosts",
  every: "day",
  optional: true,
  actions: ["ce:GetCostAndUsage"],
  async *list({ aws, place, now }) {
    const days = await daysOf(aws, place.awsAccountId, now);
    const services = new Map(
      days.flatMap(({ Groups }) => Groups.map(({ Keys: [name], Metrics }) => [name, Metrics.UnblendedCost.Unit])),
    );
    yield [...services].map(([service, currency]) => found(service, currency, days));
  },
};

/** One after the other and not along `walk`: what a service costs may stand on several pages. */
async function daysOf(aws: AwsCaller, awsAccountId: string, now: Date): Promise<readonly Day[]> {
  const today = Math.floor(now.getTime() / dayMs) * dayMs;
  const input = {
    TimePeriod: { Start: dayOf(today - daysBack * dayMs), End: dayOf(today) },
    Granularity: "DAILY",
    Metrics: ["UnblendedCost"],
    GroupBy: [{ Type: "DIMENSION", Key: "SERVICE" }],
    Filter: { Dimensions: { Key: "LINKED_ACCOUNT", Values: [awsAccountId] } },
  };
  const days: Day[] = [];
  for await (const page of aws.pages(getCostAndUsage, input)) days.push(...Page.parse(page).ResultsByTime);
  return days;
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

const found = (service: string, currency: string, days: readonly Day[]): Found<ServiceCost, ServiceCostObserved> => ({
  nativeId: service,
  arn: null,
  name: service,
  state: null,
  tags: {},
  createdAt: null,
  region: null,
  attributes: { service, currency },
  observed: { days: costsOf(service, days) },
});

/** A day that goes on over a page comes twice. */
function costsOf(service: string, days: readonly Day[]): readonly DailyCost[] {
  const costs = new Map<string, DailyCost>();
  for (const { TimePeriod, Estimated, Groups } of days) {
    const day = TimePeriod.Start.slice(0, 10);
    const before = costs.get(day)?.amount ?? 0;
    const own = Groups.find(({ Keys: [name] }) => name === service)?.Metrics.UnblendedCost.Amount ?? 0;
    costs.set(day, { day, amount: before + own, isEstimated: Estimated ?? false });
  }
  return [...costs.values()].toSorted(by(({ day }) => day));
}
