import type { About, Check, Examples } from "#checks/check";
import { dayMs } from "#checks/days";
import { isMeasured } from "#collectors/ec2/instances";
import { cents } from "#prices/prices";
import { exampleInstance } from "./examples.ts";
import { idleLimits, isBeforeWindow, isIdle, listMonthlyUsd, type IdleLimits } from "./shared.ts";

interface Params extends IdleLimits {
  /** It must have run for so long. Its metrics are those of the last 14 days. */
  readonly lookbackDays: number;
}

export const check: Check<"ec2.instances", Params> = {
  id: "ec2_idle_instance",
  severity: "medium",
  category: "cost",
  domain: "cost",
  effort: "low",
  confidence: 0.75,
  drift: false,
  resources: ["ec2.instances"],
  decisive: ["instanceType"],
  params: { lookbackDays: 14, ...idleLimits },
  judge(found, { now, params, place }) {
    const { instanceId, instanceType, launchedAt } = found.attributes;
    if (!isMeasured(found)) return null;
    if (launchedAt === null) return { status: "unknown", reason: "ec2:DescribeInstances gave no launch time" };
    if (!isBeforeWindow(params.lookbackDays, launchedAt, now)) return null;
    const idle = isIdle(found.observed, params);
    if (idle === undefined) return { status: "unknown", reason: "cloudwatch:GetMetricData told too little of its use" };
    if (!idle) return { status: "pass" };
    const { cpuPeakPct, netMBPerDay, lookbackDays } = params;
    const monthly = listMonthlyUsd(found.attributes, place.region);
    const call = "cloudwatch:GetMetricData";
    return {
      status: "fail",
      summary: `Instance ${instanceId} (${instanceType ?? "type unknown"}) runs with almost no use of its processors or network.`,
      details: { instanceId, instanceType, launchedAt, cpuPeakPct, netMBPerDay, lookbackDays },
      evidence: [
        { call, field: "CPUUtilization (Maximum of each day)", value: `below ${cpuPeakPct} %` },
        { call, field: "NetworkIn + NetworkOut (Sum of each day)", value: `below ${netMBPerDay} MiB` },
        { call: "ec2:DescribeInstances", field: "Reservations[].Instances[].LaunchTime", value: launchedAt },
      ],
      savingsMonthly: monthly === null ? null : cents(monthly),
    };
  },
};

export const about: About = {
  title: "Running instance does next to nothing",
  rationale:
    "An instance is paid for by the second whether it works or waits. One whose load has stayed this low for two weeks has probably been forgotten.",
  remediation:
    "Find out whose it is (tags, key pair, who started it) and stop it. When nobody misses it, make an image and terminate it; one that is needed at times can be started by a schedule.",
  controls: {},
};

export const examples = (): Examples<"ec2.instances", Params> => {
  const now = new Date("2026-02-01T12:00:00Z");
  const place = { region: "us-east-1" };
  const mib = 2 ** 20;
  const quiet = { cpuPeakPct: 4.9, networkInPeakBytes: 2 * mib, networkOutPeakBytes: mib, surplusCreditsCharged: 0 };
  const idle = (
    observed: Record<string, number | null | undefined> = {},
    attributes: Parameters<typeof exampleInstance>[0] = {},
    rest: Parameters<typeof exampleInstance>[1] = {},
  ) => exampleInstance({ instanceType: "t3.medium", ...attributes }, { observed: { ...quiet, ...observed }, ...rest });
  return {
    pass: [
      { name: "processors used as much as allowed", found: idle({ cpuPeakPct: 5 }), now },
      { name: "network used as much as allowed", found: idle({ networkOutPeakBytes: 3 * mib }), now },
      { name: "busy, as far as is known", found: idle({ cpuPeakPct: 80, networkInPeakBytes: null }), now },
      { name: "a stricter idea of idle", found: idle(), now, params: { cpuPeakPct: 1 } },
    ],
    fail: [
      {
        name: "just below both",
        found: idle({ networkOutPeakBytes: 3 * mib - 1 }),
        now,
        place,
        expect: { savingsMonthly: 30.37, details: { instanceType: "t3.medium", cpuPeakPct: 5, netMBPerDay: 5 } },
      },
      {
        name: "started as the first day began",
        found: idle({}, { launchedAt: "2026-01-18T00:00:00.000Z" }),
        now,
        place: { region: "eu-west-1" },
        expect: { savingsMonthly: 33.71 },
      },
      { name: "Windows, whose price is another", found: idle({}, { platform: "Windows" }), now },
      {
        name: "a day in it is long enough",
        found: idle({}, { launchedAt: "2026-01-30T10:00:00.000Z" }),
        now,
        params: { lookbackDays: 1 },
      },
      { name: "a type without a price", found: idle({}, { instanceType: "zz9.large" }), now },
    ],
    unknown: [
      { name: "no processor metrics", found: idle({ cpuPeakPct: null }), now },
      { name: "network metrics could not be read", found: idle({ networkInPeakBytes: undefined }), now },
      { name: "no metrics", found: exampleInstance(), now: new Date(now.getTime() + 30 * dayMs) },
      { name: "no launch time", found: idle({}, { launchedAt: null }), now },
    ],
    notApplicable: [
      {
        name: "started a millisecond into the first day",
        found: idle({}, { launchedAt: "2026-01-18T00:00:00.001Z" }),
        now,
      },
      { name: "stopped", found: idle({}, {}, { state: "stopped" }), now },
      { name: "spot", found: idle({}, { lifecycle: "spot" }), now },
      { name: "of an Auto Scaling group", found: idle({}, {}, { tags: { "aws:autoscaling:groupName": "web" } }), now },
    ],
  };
};
