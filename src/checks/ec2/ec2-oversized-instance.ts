import type { About, Check, Examples, Fail } from "#checks/check";
import { oncePerList } from "#checks/once";
import { isMeasured } from "#collectors/ec2/instances";
import type { FoundBy } from "#collectors/registry";
import { nextSmallerType } from "#prices/ec2";
import { cents } from "#prices/prices";
import { exampleInstance } from "./examples.ts";
import { idleLimits, isBeforeWindow, isIdle, listMonthlyUsd } from "./shared.ts";

interface Params {
  /** It must have run for so long. Its metrics are those of the last 14 days. */
  readonly lookbackDays: number;
  /** It never used as much of its processors, in percent. */
  readonly cpuPeakPct: number;
}
type Hub = "cost-optimization-hub.recommendations";

export const check: Check<"ec2.instances", Params, Hub> = {
  id: "ec2_oversized_instance",
  severity: "low",
  category: "cost",
  domain: "cost",
  effort: "medium",
  confidence: 0.5,
  drift: false,
  resources: ["ec2.instances"],
  reads: ["cost-optimization-hub.recommendations"],
  condense: {
    "ec2.instances": ({ state, observed, attributes }) => {
      if (state !== "running") return null;
      const { instanceId, instanceType, lifecycle, tenancy, platform, launchedAt } = attributes;
      return { instanceId, instanceType, lifecycle, tenancy, platform, launchedAt, ...observed };
    },
    "cost-optimization-hub.recommendations": ({ attributes, observed }) => {
      const { actionType, currentResourceType, resourceId, recommendedResource, currency } = attributes;
      const savingsMonthly = observed?.savingsMonthly ?? null;
      return actionType === "Rightsize" && currentResourceType === "Ec2Instance"
        ? { actionType, currentResourceType, resourceId, recommendedResource, currency, savingsMonthly }
        : null;
    },
  },
  decisive: ["instanceType"],
  params: { lookbackDays: 14, cpuPeakPct: 40 },
  judge(found, { now, others, params, place }) {
    const { instanceId, instanceType, launchedAt } = found.attributes;
    if (found.state !== "running" || instanceType === null) return null;
    const monthly = listMonthlyUsd(found.attributes, place.region);
    const told = recommended(others("cost-optimization-hub.recommendations")).get(instanceId);
    if (told) return failOf(found.attributes, byAws(told));
    if (!isMeasured(found) || isIdle(found.observed, idleLimits) === true) return null;
    const smaller = nextSmallerType(instanceType);
    if (smaller === null) return null;
    if (launchedAt === null) return { status: "unknown", reason: "ec2:DescribeInstances gave no launch time" };
    if (!isBeforeWindow(params.lookbackDays, launchedAt, now)) return null;
    const { cpuPeakPct: peak, surplusCreditsCharged: surplus } = found.observed ?? {};
    if ((peak ?? 0) >= params.cpuPeakPct || (surplus ?? 0) > 0) return { status: "pass" };
    if (typeof peak !== "number" || surplus === undefined)
      return { status: "unknown", reason: "cloudwatch:GetMetricData told too little of its use" };
    const then = listMonthlyUsd(found.attributes, place.region, smaller);
    return failOf(found.attributes, {
      recommendedType: smaller,
      source: "metrics",
      limits: params,
      evidence: {
        call: "cloudwatch:GetMetricData",
        field: "CPUUtilization (Maximum of each day)",
        value: `below ${params.cpuPeakPct} %`,
      },
      savings: monthly === null || then === null ? null : monthly - then,
    });
  },
};

interface Reason {
  readonly recommendedType: string | null;
  /** `aws`: Cost Optimization Hub says so. */
  readonly source: "aws" | "metrics";
  readonly limits?: Params;
  readonly evidence: Fail["evidence"][number];
  readonly savings: number | null;
}

const failOf = (
  { instanceId, instanceType }: FoundBy<"ec2.instances">["attributes"],
  { recommendedType, source, limits, evidence, savings }: Reason,
): Fail => ({
  status: "fail",
  summary: `Instance ${instanceId} (${instanceType}) is larger than its load asks for${recommendedType ? `: ${recommendedType} would do` : ""}.`,
  details: { instanceId, instanceType, recommendedType, source, ...limits },
  evidence: [
    { call: "ec2:DescribeInstances", field: "Reservations[].Instances[].InstanceType", value: instanceType },
    evidence,
  ],
  savingsMonthly: savings === null ? null : cents(Math.max(0, savings)),
});

/** AWS's own figure knows of discounts. */
const byAws = ({ attributes, observed }: FoundBy<Hub>): Reason => ({
  recommendedType: attributes.recommendedResource,
  source: "aws",
  evidence: {
    call: "cost-optimization-hub:ListRecommendations",
    field: "items[].recommendedResourceSummary",
    value: attributes.recommendedResource,
  },
  savings: attributes.currency === "USD" ? (observed?.savingsMonthly ?? null) : null,
});

const recommended = oncePerList(
  (all: readonly FoundBy<Hub>[]): ReadonlyMap<string | null, FoundBy<Hub>> =>
    new Map(
      all
        .filter(
          ({ attributes: { actionType, currentResourceType } }) =>
            actionType === "Rightsize" && currentResourceType === "Ec2Instance",
        )
        .map((one) => [one.attributes.resourceId, one]),
    ),
);

export const about: About = {
  title: "Instance would do with the next smaller size",
  rationale:
    "At its busiest moment of two weeks more than half of its processors stood still. Half the size costs half the money. How much memory is used cannot be seen from outside.",
  remediation:
    "Look at its memory, then stop the instance in a quiet hour, change its type to the one named here and watch it for a week. Going back is as quick.",
  controls: {},
};

export const examples = (): Examples<"ec2.instances", Params> => {
  const now = new Date("2026-02-01T12:00:00Z");
  const place = { region: "us-east-1" };
  const mib = 2 ** 20;
  const light = {
    cpuPeakPct: 39.9,
    networkInPeakBytes: 900 * mib,
    networkOutPeakBytes: 700 * mib,
    surplusCreditsCharged: null,
  };
  const sized = (
    observed: Record<string, number | null | undefined> = {},
    attributes: Parameters<typeof exampleInstance>[0] = {},
    rest: Parameters<typeof exampleInstance>[1] = {},
  ) => exampleInstance({ instanceType: "m5.xlarge", ...attributes }, { observed: { ...light, ...observed }, ...rest });
  const recommendation = (
    attributes: Partial<FoundBy<Hub>["attributes"]> = {},
    savingsMonthly: number | null = 51.237,
  ): Partial<Record<Hub, readonly FoundBy<Hub>[]>> => ({
    "cost-optimization-hub.recommendations": [
      {
        nativeId: "Rightsize/Ec2Instance/us-east-1/i-0123456789abcdef0",
        arn: null,
        name: "i-0123456789abcdef0",
        state: null,
        tags: {},
        createdAt: null,
        region: "us-east-1",
        attributes: {
          actionType: "Rightsize",
          currentResourceType: "Ec2Instance",
          recommendedResourceType: "Ec2Instance",
          resourceId: "i-0123456789abcdef0",
          resourceArn: null,
          currentResource: "m5.xlarge",
          recommendedResource: "m6i.large",
          implementationEffort: "Medium",
          restartNeeded: true,
          rollbackPossible: true,
          source: "ComputeOptimizer",
          currency: "USD",
          ...attributes,
        },
        observed: { savingsMonthly, costMonthly: 140.16, lookbackDays: 14, refreshedAt: "2026-01-31T04:00:00.000Z" },
      },
    ],
  });
  return {
    pass: [
      { name: "processors used as much as allowed", found: sized({ cpuPeakPct: 40 }), now },
      {
        name: "charged for credits beyond its own",
        found: sized({ surplusCreditsCharged: 0.5 }, { instanceType: "t3.large" }),
        now,
      },
      { name: "a stricter idea of headroom", found: sized(), now, params: { cpuPeakPct: 20 } },
    ],
    fail: [
      {
        name: "just below",
        found: sized(),
        now,
        place,
        expect: {
          savingsMonthly: 70.08,
          details: { instanceType: "m5.xlarge", recommendedType: "m5.large", source: "metrics", cpuPeakPct: 40 },
        },
      },
      {
        name: "with credits to spare",
        found: sized({ surplusCreditsCharged: 0 }, { instanceType: "t3.large" }),
        now,
        place,
        expect: { savingsMonthly: 30.37 },
      },
      { name: "Windows, whose price is another", found: sized({}, { platform: "Windows" }), now },
      {
        name: "AWS says so, and knows the discounts",
        found: sized({ cpuPeakPct: 90 }),
        now,
        place,
        others: recommendation(),
        expect: { savingsMonthly: 51.24, details: { recommendedType: "m6i.large", source: "aws" } },
      },
      {
        name: "AWS says so of one of an Auto Scaling group, in another currency",
        found: sized({}, {}, { tags: { "aws:autoscaling:groupName": "web" } }),
        now,
        others: recommendation({ currency: "EUR" }),
        expect: { details: { source: "aws" } },
      },
      {
        name: "AWS speaks of another instance",
        found: sized(),
        now,
        place,
        others: recommendation({ resourceId: "i-0b" }),
        expect: { savingsMonthly: 70.08, details: { source: "metrics" } },
      },
      {
        name: "AWS advises something else",
        found: sized(),
        now,
        others: recommendation({ actionType: "MigrateToGraviton" }),
        expect: { details: { source: "metrics" } },
      },
    ],
    unknown: [
      { name: "no processor metrics", found: sized({ cpuPeakPct: null }), now },
      {
        name: "metrics could not be read",
        found: sized({ cpuPeakPct: undefined, surplusCreditsCharged: undefined }),
        now,
      },
      { name: "no launch time", found: sized({}, { launchedAt: null }), now },
    ],
    notApplicable: [
      {
        name: "idle: reported as such",
        found: sized({ cpuPeakPct: 1, networkInPeakBytes: 0, networkOutPeakBytes: 0 }),
        now,
      },
      { name: "the smallest of its family", found: sized({}, { instanceType: "m5.large" }), now },
      { name: "a type without a price", found: sized({}, { instanceType: "zz9.large" }), now },
      {
        name: "started a millisecond into the first day",
        found: sized({}, { launchedAt: "2026-01-18T00:00:00.001Z" }),
        now,
      },
      { name: "of an Auto Scaling group", found: sized({}, {}, { tags: { "aws:autoscaling:groupName": "web" } }), now },
      { name: "stopped", found: sized({}, {}, { state: "stopped" }), now, others: recommendation() },
      { name: "no type", found: sized({}, { instanceType: null }), now },
    ],
  };
};
