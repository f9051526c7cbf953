import { z } from "zod";
import { json, trouble } from "../answers.ts";
import type { Operation } from "../calls.ts";
import { windowOf } from "../paging.ts";
import { countOf, isBare, type ThingService } from "./thing.ts";

/** Source: Cost Explorer API 2017-10-25. A page ends anywhere, in the middle of a day too; a caller cannot choose its size. */
const kind = "ce.costs";
const paging = { token: "NextPageToken", limit: "", byDefault: 500, min: 500, max: 500 };
const dayMs = 86_400_000;

const names = [
  "Amazon Elastic Compute Cloud - Compute",
  "EC2 - Other",
  "Amazon Relational Database Service",
  "Amazon Simple Storage Service",
  "AmazonCloudWatch",
  "AWS Lambda",
  "AWS Key Management Service",
  "Amazon Elastic Load Balancing",
  "Tax",
];
const nameOf = (n: number): string => names[n] ?? `Marketplace product ${n}`;

/** USD of the day so many days before the last one. Every fifth service cost four times as much on the last day. */
function amountOf(n: number, daysAgo: number): string {
  const usual = (40 / (n + 1)) * (1 + 0.02 * (daysAgo % 3));
  return (isBare(n) && daysAgo === 0 ? usual * 4 : usual).toFixed(10);
}

const Input = z.object({
  TimePeriod: z.object({ Start: z.iso.date(), End: z.iso.date() }),
  Granularity: z.literal("DAILY"),
  Metrics: z.tuple([z.literal("UnblendedCost")]),
  GroupBy: z.tuple([z.object({ Type: z.literal("DIMENSION"), Key: z.literal("SERVICE") })]),
});

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
const usd = (Amount: string) => ({ UnblendedCost: { Amount, Unit: "USD" } });

/** Daily costs by service, the only question it answers. */
const getCostAndUsage: Operation = (call) => {
  const asked = Input.safeParse(call.input).data;
  if (!asked) throw trouble("ce", "badParameter", "Only unblended cost by day and service is known.");
  const { Start, End } = asked.TimePeriod;
  const first = Date.parse(Start);
  const days = Math.round((Date.parse(End) - first) / dayMs);
  const services = countOf(call, kind);
  const { from, to, next } = windowOf(call, days * services, paging);
  const rows = Array.from({ length: to - from }, (_, at) => from + at);
  const byDay = Map.groupBy(rows, (row) => Math.floor(row / services));
  const shown = services === 0 ? Array.from({ length: days }, (_, day) => day) : [...byDay.keys()];
  const ResultsByTime = shown.map((day) => ({
    TimePeriod: { Start: dayOf(first + day * dayMs), End: dayOf(first + (day + 1) * dayMs) },
    Total: services === 0 ? usd("0") : {},
    Groups: (byDay.get(day) ?? []).map((row) => ({
      Keys: [nameOf(row % services)],
      Metrics: usd(amountOf(row % services, days - 1 - day)),
    })),
    // Months that are not billed yet.
    Estimated: dayOf(first + day * dayMs).slice(0, 7) === End.slice(0, 7),
  }));
  return json({
    GroupDefinitions: asked.GroupBy,
    ResultsByTime,
    DimensionValueAttributes: [],
    NextPageToken: next,
  });
};

export const ce: ThingService = {
  operations: { GetCostAndUsage: getCostAndUsage },
  kinds: { [kind]: { isGlobal: true, arnOf: (_, n) => nameOf(n) } },
};
