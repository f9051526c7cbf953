import type { FoundBy } from "#collectors/registry";
import type { About, Check, Examples, Verdict } from "#checks/check";
import { isOlderThan } from "#checks/days";
import { oncePerList } from "#checks/once";
import { loadBalancerMonthlyUsd } from "#prices/elb";
import { cents } from "#prices/prices";
import { inRegion } from "#prices/regions";
import { exampleBalancer, exampleClassic, exampleTargetGroup } from "./examples.ts";
import { isPublic } from "./shared.ts";

interface Params {
  /** Younger ones are left alone. Requests are those of the last 7 whole days, whatever stands here. */
  readonly lookbackDays: number;
  /** With fewer requests (network and gateway: new flows) even on the busiest day it counts as idle. */
  readonly minPerDay: number;
}

type Balancers = "elbv2.loadBalancers" | "elb.loadBalancers";
type TargetGroups = readonly FoundBy<"elbv2.targetGroups">[];

export const check: Check<Balancers, Params, "elbv2.targetGroups"> = {
  id: "elb_idle",
  severity: "medium",
  category: "cost",
  domain: "cost",
  effort: "low",
  confidence: 0.85,
  drift: false,
  resources: ["elbv2.loadBalancers", "elb.loadBalancers"],
  reads: ["elbv2.targetGroups"],
  condense: {
    "elbv2.loadBalancers": ({ attributes, observed }) => ({
      type: attributes.type,
      scheme: attributes.scheme,
      ipAddressType: attributes.ipAddressType,
      availabilityZones: attributes.availabilityZones,
      targetGroupArns: attributes.targetGroupArns,
      busiestDayRequests: observed?.busiestDayRequests,
    }),
    "elb.loadBalancers": ({ attributes, observed }) => ({
      scheme: attributes.scheme,
      availabilityZones: attributes.availabilityZones,
      instanceIds: attributes.instanceIds,
      instancesByState: observed?.instancesByState,
      busiestDayRequests: observed?.busiestDayRequests,
    }),
    "elbv2.targetGroups": ({ attributes: { healthCheckEnabled }, observed }) => ({
      healthCheckEnabled,
      targetsByState: observed?.targetsByState,
    }),
  },
  decisive: ["reason"],
  params: { lookbackDays: 7, minPerDay: 100 },
  judge(found, { now, params, place, others }) {
    const { createdAt, attributes, observed } = found;
    if (createdAt === null) return { status: "unknown", reason: "DescribeLoadBalancers did not say when it was made" };
    if (!isOlderThan(params.lookbackDays, createdAt, now)) return { status: "pass" };
    const busiest = observed?.busiestDayRequests;
    // No figure at all means that there were none.
    const isBusy = busiest === undefined ? undefined : (busiest ?? 0) >= params.minPerDay;
    const { targets, usd } = isClassic(found)
      ? { targets: instancesOf(found), usd: classicUsd(found) }
      : { targets: targetsOf(current(found), others("elbv2.targetGroups")), usd: currentUsd(current(found)) };
    const reason = reasonOf(targets, isBusy);
    if (typeof reason !== "string") return reason;
    const monthly = inRegion(usd, place.region);
    return {
      status: "fail",
      summary: `Load balancer ${found.name ?? found.nativeId} ${sentences[reason]}.`,
      details: { reason, scheme: attributes.scheme, createdAt, ...params },
      evidence: [evidenceOf(isClassic(found), reason)],
      // What clients still ask for is to be mended, not deleted.
      savingsMonthly: monthly === null || (reason === "unhealthy" && isBusy !== false) ? null : cents(monthly),
    };
  },
};

const isClassic = (found: FoundBy<Balancers>): found is FoundBy<"elb.loadBalancers"> =>
  found.nativeId.split("/").length === 2;
// safe: it is the one or the other.
const current = (found: FoundBy<Balancers>) => found as FoundBy<"elbv2.loadBalancers">;

/** `self`: it has no targets at all, and may answer by itself. `undefined`: not known. */
type Targets = "self" | "none" | "unhealthy" | "healthy" | undefined;
type Reason = "no_targets" | "unhealthy" | "low_traffic";

const sentences: Readonly<Record<Reason, string>> = {
  no_targets: "has no targets",
  unhealthy: "has no healthy target",
  low_traffic: "is hardly asked for anything",
};

function reasonOf(targets: Targets, isBusy: boolean | undefined): Reason | Verdict {
  if (targets === "unhealthy") return "unhealthy";
  // One that redirects, or answers by itself, needs no targets.
  if (targets === "none" || (targets === "self" && isBusy === false)) return "no_targets";
  if (targets === undefined) return { status: "unknown", reason: "The health of its targets could not be read" };
  if (isBusy === undefined) return { status: "unknown", reason: "cloudwatch:GetMetricData could not be read" };
  return isBusy ? { status: "pass" } : "low_traffic";
}

function instancesOf({ attributes, observed }: FoundBy<"elb.loadBalancers">): Targets {
  if (attributes.instanceIds.length === 0) return "none";
  const states = observed?.instancesByState;
  return states && ((states["InService"] ?? 0) > 0 ? "healthy" : "unhealthy");
}

function targetsOf({ attributes: { targetGroupArns } }: FoundBy<"elbv2.loadBalancers">, groups: TargetGroups): Targets {
  if (targetGroupArns === undefined) return undefined;
  if (targetGroupArns.length === 0) return "self";
  const states = new Set(targetGroupArns.map((arn) => statesOf(groups).get(arn)));
  if (states.has("healthy")) return "healthy";
  if (states.has(undefined)) return undefined;
  return states.has("unhealthy") ? "unhealthy" : "none";
}

/** By target group: whether it has targets, and healthy ones. */
const statesOf = oncePerList(
  (groups: TargetGroups): ReadonlyMap<string, Targets> =>
    new Map(
      groups.map(({ nativeId, attributes, observed }): [string, Targets] => {
        const states = observed?.targetsByState;
        // Without health checks, as functions mostly are, AWS calls every target unavailable.
        const good = attributes.healthCheckEnabled === false ? ["healthy", "unavailable"] : ["healthy"];
        const isHealthy = good.some((state) => (states?.[state] ?? 0) > 0);
        return [nativeId, states && (isHealthy ? "healthy" : Object.keys(states).length > 0 ? "unhealthy" : "none")];
      }),
    ),
);

const classicUsd = ({ attributes }: FoundBy<"elb.loadBalancers">): number | null =>
  loadBalancerMonthlyUsd("classic", isPublic(attributes) ? attributes.availabilityZones.length : 0);

function currentUsd({ attributes }: FoundBy<"elbv2.loadBalancers">): number | null {
  const { type, ipAddressType, availabilityZones } = attributes;
  const hasIpv4 = isPublic(attributes) && ipAddressType !== "dualstack-without-public-ipv4";
  return loadBalancerMonthlyUsd(type, hasIpv4 ? availabilityZones.length : 0);
}

/** The figures behind it move by themselves, so they are not told. */
function evidenceOf(isOld: boolean, reason: Reason) {
  if (reason === "low_traffic")
    return { call: "cloudwatch:GetMetricData", field: "MetricDataResults[].Values", value: "below minPerDay each day" };
  if (!isOld)
    return reason === "no_targets"
      ? { call: "elbv2:DescribeTargetHealth", field: "TargetHealthDescriptions[]", value: [] }
      : { call: "elbv2:DescribeTargetHealth", field: "TargetHealth.State", value: "none is healthy" };
  return reason === "no_targets"
    ? { call: "elb:DescribeLoadBalancers", field: "LoadBalancerDescriptions[].Instances[]", value: [] }
    : { call: "elb:DescribeInstanceHealth", field: "InstanceStates[].State", value: "none is InService" };
}

export const about: About = {
  title: "A load balancer has nothing behind it, or nothing to do",
  rationale: "Every hour of it is charged for, as is each of its public addresses, whether anybody connects or not.",
  remediation:
    "Remove what DNS still leads to it, and delete it together with its target groups. If it should work, see why its targets are not healthy.",
  controls: {},
};

export const examples = (): Examples<Balancers, Params> => {
  const now = new Date("2026-01-08T00:00:00.001Z");
  const by = "elbv2.loadBalancers" as const;
  const classic = "elb.loadBalancers" as const;
  const place = { region: "us-east-1" };
  const served = (
    busiestDayRequests: number | null | undefined,
    attributes: Parameters<typeof exampleBalancer>[0] = {},
  ) => exampleBalancer(attributes, { observed: { busiestDayRequests } });
  const healthy = { "elbv2.targetGroups": [exampleTargetGroup({ healthy: 1, unhealthy: 2 })] };
  const unhealthy = { "elbv2.targetGroups": [exampleTargetGroup({ unhealthy: 2 })] };
  const empty = { "elbv2.targetGroups": [exampleTargetGroup({})] };
  const functions = { "elbv2.targetGroups": [exampleTargetGroup({ unavailable: 1 }, { healthCheckEnabled: false })] };
  return {
    pass: [
      { name: "just busy enough", by, found: served(100), now, others: healthy },
      { name: "exactly 7 days old", by, found: served(null), now: new Date("2026-01-08T00:00:00.000Z"), others: empty },
      { name: "a function whose health nobody checks", by, found: served(100), now, others: functions },
      { name: "redirects by itself", by, found: served(100, { targetGroupArns: [] }), now },
      { name: "a lower threshold", by, found: served(10), now, others: healthy, params: { minPerDay: 10 } },
      { name: "a longer wait", by, found: served(0), now, others: healthy, params: { lookbackDays: 30 } },
      { name: "classic, busy", by: classic, found: exampleClassic(), now },
    ],
    fail: [
      {
        name: "just not busy enough",
        by,
        found: served(99),
        now,
        others: healthy,
        place,
        expect: { savingsMonthly: 23.73, details: { reason: "low_traffic" } },
      },
      { name: "no requests counted", by, found: served(null), now, others: healthy, expect: { savingsMonthly: 26.33 } },
      {
        name: "internal, no target group, no requests",
        by,
        found: served(null, { scheme: "internal", targetGroupArns: [] }),
        now,
        place,
        expect: { savingsMonthly: 16.43, details: { reason: "no_targets" } },
      },
      {
        name: "no targets, although it is asked",
        by,
        found: served(5000),
        now,
        others: empty,
        place,
        expect: { savingsMonthly: 23.73, details: { reason: "no_targets" } },
      },
      {
        name: "no healthy targets, and nobody asks",
        by,
        found: served(0),
        now,
        others: unhealthy,
        place,
        expect: { savingsMonthly: 23.73, details: { reason: "unhealthy" } },
      },
      {
        name: "no healthy targets, although it is asked",
        by,
        found: served(5000),
        now,
        others: unhealthy,
        expect: { details: { reason: "unhealthy" } },
      },
      {
        name: "a gateway, whose price is not known",
        by,
        found: served(0, { type: "gateway", scheme: null }),
        now,
        others: healthy,
        expect: { details: { reason: "low_traffic" } },
      },
      {
        name: "addresses over IPv6 only",
        by,
        found: served(0, { ipAddressType: "dualstack-without-public-ipv4" }),
        now,
        others: healthy,
        place,
        expect: { savingsMonthly: 16.43 },
      },
      {
        name: "classic without instances",
        by: classic,
        found: exampleClassic({ instanceIds: [] }, { instancesByState: {}, busiestDayRequests: undefined }),
        now,
        place,
        expect: { savingsMonthly: 25.55, details: { reason: "no_targets" } },
      },
      {
        name: "classic, nothing in service",
        by: classic,
        found: exampleClassic({}, { instancesByState: { OutOfService: 1 }, busiestDayRequests: 0 }),
        now,
        place,
        expect: { savingsMonthly: 25.55, details: { reason: "unhealthy" } },
      },
      {
        name: "classic, hardly asked",
        by: classic,
        found: exampleClassic({}, { busiestDayRequests: 99 }),
        now,
        expect: { details: { reason: "low_traffic" } },
      },
    ],
    unknown: [
      { name: "no date", by, found: exampleBalancer({}, { createdAt: null }), now },
      { name: "target groups not readable", by, found: served(5000, { targetGroupArns: undefined }), now },
      {
        name: "health not readable",
        by,
        found: served(5000),
        now,
        others: { "elbv2.targetGroups": [exampleTargetGroup(undefined)] },
      },
      { name: "its target group was not seen", by, found: served(5000), now },
      { name: "figures not readable", by, found: served(undefined), now, others: healthy },
      {
        name: "classic, health not readable",
        by: classic,
        found: exampleClassic({}, { instancesByState: undefined }),
        now,
      },
      {
        name: "classic, figures not readable",
        by: classic,
        found: exampleClassic({}, { busiestDayRequests: undefined }),
        now,
      },
    ],
  };
};
