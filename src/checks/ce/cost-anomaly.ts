import type { About, Check, Examples } from "#checks/check";
import { dayMs } from "#checks/days";
import { exampleAccount } from "#checks/iam/examples";
import type { FoundBy } from "#collectors/registry";
import { amountsOf, excessOf, together, type Excess, type Limits } from "./shared.ts";

interface Params extends Limits {
  /** From this excess of a day on it is grave. */
  readonly highUsd: number;
  /** So many of the newest full days are judged: Cost Explorer goes on adding to them. */
  readonly judgedDays: number;
  /** Services, as Cost Explorer names them, whose cost comes at once for a month or a year. */
  readonly leaveOut: readonly string[];
}

/** What one service, or all of them, cost too much on a day. */
interface Driver extends Excess {
  readonly service: string;
}

const everything = "All services together";
const driversMax = 10;

export const check: Check<"iam.accounts", Params, "ce.costs"> = {
  id: "cost_anomaly",
  severity: "high",
  category: "cost",
  domain: "cost",
  effort: "medium",
  confidence: 0.7,
  drift: false,
  resources: ["iam.accounts"],
  reads: ["ce.costs"],
  condense: { "iam.accounts": () => ({}) },
  decisive: ["services"],
  params: {
    k: 4,
    minPct: 0.25,
    minUsd: 10,
    highUsd: 200,
    windowDays: 28,
    minDays: 14,
    judgedDays: 3,
    leaveOut: ["Tax", "Amazon Registrar"],
  },
  judge(_account, context) {
    const { params } = context;
    const costs = context.others("ce.costs").filter(({ attributes }) => !params.leaveOut.includes(attributes.service));
    if (costs.length === 0) return { status: "pass" };
    const series = costs.map(({ attributes: { service }, observed }) => ({
      service,
      amounts: amountsOf(observed?.days ?? []),
    }));
    const whole = together(series.map(({ amounts }) => amounts));
    const days = [...whole.keys()].toSorted().slice(-params.judgedDays).toReversed();
    const judged = days.map((day) => excessOf(whole, day, params));
    if (judged.every((one) => one === undefined)) return { status: "unknown", reason: tooFew(whole.size) };
    const found = series.flatMap(({ service, amounts }) =>
      driverOf(
        service,
        days.map((day) => excessOf(amounts, day, params)),
      ),
    );
    const drivers = (found.length > 0 ? found : driverOf(everything, judged)).toSorted((a, b) => overOf(b) - overOf(a));
    const [worst] = drivers;
    if (!worst) return { status: "pass" };
    return failOf(drivers, worst, { whole, params, currency: costs[0]?.attributes.currency ?? "USD" });
  },
};

const tooFew = (days: number): string =>
  days === 0 ? "ce:GetCostAndUsage gave no days" : `So far ${days} days are known, too few to tell what is usual`;

/** The newest of the days judged, newest first, that is out of line. */
const driverOf = (service: string, judged: readonly (Excess | null | undefined)[]): readonly Driver[] =>
  judged
    .filter((one) => one !== null && one !== undefined)
    .slice(0, 1)
    .map((excess) => ({ service, ...excess }));

const overOf = ({ amount, usual }: Excess): number => amount - usual;

/** Grave where it is a large sum, or doubles what the account usually costs in a day. */
function failOf(
  drivers: readonly Driver[],
  worst: Driver,
  { whole, params, currency }: { whole: ReadonlyMap<string, number>; params: Params; currency: string },
) {
  const over = drivers.reduce((sum, one) => sum + overOf(one), 0);
  const ofThatDay = drivers.filter(({ day }) => day === worst.day);
  const usualDay = ofThatDay.reduce((rest, one) => rest - overOf(one), whole.get(worst.day) ?? 0);
  const more = drivers.length - 1;
  return {
    status: "fail",
    severity: over >= params.highUsd || over >= usualDay ? "high" : "medium",
    summary: `${worst.service} cost ${Math.round(worst.amount)} ${currency} on ${worst.day}, where ${Math.round(worst.usual)} ${currency} is usual${more > 0 ? `; ${more} more ${more > 1 ? "services are" : "service is"} out of line` : ""}.`,
    details: {
      services: drivers.map(({ service }) => service).toSorted(),
      day: worst.day,
      currency,
      drivers: drivers.slice(0, driversMax).map(({ service, day, amount, usual }) => ({
        service,
        day,
        amount: Math.round(amount),
        usual: Math.round(usual),
      })),
      /** If it goes on like this. */
      projectedMonthly: Math.round(over * 30),
    },
    evidence: drivers.slice(0, driversMax).map(({ service, day, amount }) => ({
      call: "ce:GetCostAndUsage",
      field: "ResultsByTime[].Groups[].Metrics.UnblendedCost",
      value: { service, day, amount: Math.round(amount), currency },
    })),
    savingsMonthly: null,
  } as const;
}

export const about: About = {
  title: "A day cost far more than the days before",
  rationale:
    "A job that does not end, or a stolen key at work, shows in the bill before anybody sees it elsewhere, and costs more each day it goes on.",
  remediation:
    "Split that day's cost by usage type and region in Cost Explorer, find what began then, and stop it. A budget with an alert limits the next surprise.",
  controls: {},
};

export const examples = (): Examples<"iam.accounts", Params> => {
  const first = Date.parse("2026-03-31");
  const found = exampleAccount();
  /** 60 days up to 2026-05-29; the last amounts are given, the others by a rule or always the same. */
  const cost = (
    usual: number | ((index: number, date: Date) => number),
    last: readonly number[] = [],
    { service = "Amazon Simple Storage Service", days = 60 } = {},
  ): FoundBy<"ce.costs"> => ({
    nativeId: service,
    arn: null,
    name: service,
    state: null,
    tags: {},
    createdAt: null,
    region: null,
    attributes: { service, currency: "USD" },
    observed: {
      days: Array.from({ length: days }, (_, index) => {
        const date = new Date(first + (60 - days + index) * dayMs);
        const amount = last[index - days + last.length] ?? (typeof usual === "number" ? usual : usual(index, date));
        return { day: date.toISOString().slice(0, 10), amount, isEstimated: index > 50 };
      }),
    },
  });
  const given = (...costs: readonly FoundBy<"ce.costs">[]) => ({ found, others: { "ce.costs": costs } });
  const ec2 = { service: "Amazon Elastic Compute Cloud - Compute" };
  const drivers = (service: string, amount: number, usual: number, day = "2026-05-29") => ({
    drivers: [{ service, day, amount, usual }],
  });
  const fridays = (_: number, date: Date) => (date.getUTCDay() === 5 ? 300 : 20);
  const monthly = (_: number, date: Date) => (date.getUTCDate() === 28 ? 500 : 5);
  return {
    pass: [
      { name: "nothing is spent", ...given() },
      { name: "always the same", ...given(cost(100)) },
      { name: "exactly 25 percent more", ...given(cost(100, [125])) },
      { name: "exactly $10 more", ...given(cost(1, [11])) },
      { name: "a swing it often has", ...given(cost((index) => 100 + (index % 5) * 15, [190])) },
      { name: "less than usual", ...given(cost(100, [1])) },
      { name: "dear Fridays", ...given(cost(fridays)) },
      { name: "a charge on the same day of each month", ...given(cost(monthly)) },
      { name: "now and then, on about a day in three", ...given(cost((index) => (index % 3 === 0 ? 50 : 0), [50])) },
      { name: "four days ago", ...given(cost(100, [500, 100, 100, 100])) },
      { name: "tax", ...given(cost(0, [400], { service: "Tax" })) },
      { name: "left out as asked", ...given(cost(0, [400], ec2)), params: { leaveOut: [ec2.service] } },
      { name: "a credit runs out slowly", ...given(cost((index) => index - 80)) },
    ],
    fail: [
      {
        name: "more than 25 percent more",
        ...given(cost(100, [126]), cost(300, [], ec2)),
        expect: {
          severity: "medium",
          details: { projectedMonthly: 780, ...drivers("Amazon Simple Storage Service", 126, 100) },
        },
      },
      { name: "more than $10 more", ...given(cost(1, [12])), expect: { severity: "high" } },
      {
        name: "$40 a day above",
        ...given(cost(100, [140, 140, 140])),
        expect: { severity: "medium", details: { projectedMonthly: 1200, day: "2026-05-29" } },
      },
      { name: "$200 above", ...given(cost(500, [700]), cost(900, [], ec2)), expect: { severity: "high" } },
      {
        name: "a little less than $200 above",
        ...given(cost(500, [699]), cost(900, [], ec2)),
        expect: { severity: "medium" },
      },
      {
        name: "the newest day is not all there yet",
        ...given(cost(100, [400, 30])),
        expect: { details: { day: "2026-05-28" } },
      },
      {
        name: "two days before that",
        ...given(cost(100, [400, 100, 100])),
        expect: { details: { day: "2026-05-27" } },
      },
      {
        name: "a service that is new",
        ...given(cost(100), cost(0, [90], ec2)),
        expect: { severity: "medium", details: { services: [ec2.service], ...drivers(ec2.service, 90, 0) } },
      },
      {
        name: "two services",
        ...given(cost(100, [150]), cost(100, [300], ec2)),
        expect: { severity: "high", details: { services: [ec2.service, "Amazon Simple Storage Service"] } },
      },
      {
        name: "each a little, all together much",
        ...given(...Array.from({ length: 30 }, (_, index) => cost(10, [19], { service: `Service ${index}` }))),
        expect: { details: { services: [everything], ...drivers(everything, 570, 300) } },
      },
      {
        name: "a Thursday as dear as a Friday",
        ...given(cost(fridays, [300, 300])),
        expect: { details: { day: "2026-05-28" } },
      },
      { name: "known for 15 days", ...given(cost(100, [200], { days: 15 })) },
    ],
    unknown: [
      { name: "known for 14 days", ...given(cost(100, [200], { days: 14 })), params: { judgedDays: 1 } },
      { name: "no days", ...given(cost(100, [], { days: 0 })) },
      {
        name: "the first of the first month: what is booked by the month is not known yet",
        ...given({ ...cost(5), observed: { days: cost(5).observed?.days.slice(12, 32) ?? [] } }),
        params: { judgedDays: 1 },
      },
    ],
  };
};
