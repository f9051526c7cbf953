import type { About, Check, Examples } from "#checks/check";
import { exampleTrail } from "#checks/cloudtrail/examples";
import { dayMs } from "#checks/days";
import { oncePerList } from "#checks/once";
import type { FoundBy } from "#collectors/registry";
import { storedLogsMonthlyUsd } from "#prices/logs";
import { cents } from "#prices/prices";
import { inRegion } from "#prices/regions";
import { exampleLogGroup } from "./examples.ts";

interface Params {
  /** Audit logs are to be kept for so long at least. */
  readonly minDays: number;
  /** How long others would be kept, for what that would save. */
  readonly suggestedDays: number;
}

export const check: Check<"logs.logGroups", Params, "cloudtrail.trails" | "ec2.flowLogs"> = {
  id: "log_group_no_retention",
  severity: "low",
  category: "cost",
  domain: "cost",
  effort: "low",
  confidence: 0.8,
  drift: true,
  resources: ["logs.logGroups"],
  reads: ["cloudtrail.trails", "ec2.flowLogs"],
  condense: {
    "logs.logGroups": ({ attributes: { retentionInDays, logGroupClass }, observed }) => ({
      retentionInDays,
      logGroupClass,
      storedBytes: observed?.storedBytes ?? null,
    }),
    "cloudtrail.trails": ({ attributes: { cloudWatchLogsLogGroupArn } }) => ({ cloudWatchLogsLogGroupArn }),
    "ec2.flowLogs": ({ attributes: { destination } }) => ({ destination }),
  },
  decisive: ["reason", "retentionInDays"],
  params: { minDays: 365, suggestedDays: 90 },
  judge(found, context) {
    const { nativeId, name, attributes } = found;
    const { retentionInDays, logGroupClass } = attributes;
    // AWS sets how long it keeps those.
    if (logGroupClass === "DELIVERY") return null;
    const { minDays, suggestedDays } = context.params;
    const holds =
      (trailGroups(context.others("cloudtrail.trails")).has(nativeId) && "CloudTrail events") ||
      (flowGroups(context.others("ec2.flowLogs")).has(nativeId) && "VPC flow logs") ||
      (/^\/aws\/eks\/[^/]+\/cluster$/.test(name ?? "") && "EKS audit logs") ||
      null;
    if (retentionInDays !== null && (holds === null || retentionInDays >= minDays)) return { status: "pass" };
    const keepDays = holds === null ? suggestedDays : minDays;
    return {
      status: "fail",
      summary:
        retentionInDays === null
          ? `Log group ${name} never deletes anything.`
          : `Log group ${name} holds ${holds} and deletes them after ${retentionInDays} days.`,
      details: { reason: retentionInDays === null ? "never_expires" : "too_short", retentionInDays, holds, keepDays },
      evidence: [{ call: "logs:DescribeLogGroups", field: "logGroups[].retentionInDays", value: retentionInDays }],
      savingsMonthly: retentionInDays === null ? saving(found, keepDays, context) : null,
    };
  },
};

/** Of an ARN, as which a log group may be written, the one of the group. */
const bare = (arn: string): string => arn.replace(/:\*$/, "");

const trailGroups = oncePerList(
  (trails: readonly FoundBy<"cloudtrail.trails">[]) =>
    new Set(trails.flatMap(({ attributes }) => attributes.cloudWatchLogsLogGroupArn ?? []).map(bare)),
);
const flowGroups = oncePerList(
  (logs: readonly FoundBy<"ec2.flowLogs">[]) =>
    new Set(logs.flatMap(({ attributes }) => attributes.destination ?? []).map(bare)),
);

/** A quarter of a year: in between age changes nothing. */
const stepDays = 365 / 4;

/** USD per month of what is older than `keepDays`, if it came evenly. Size and age count in steps, so that they rarely change it. */
function saving(
  { createdAt, observed }: FoundBy<"logs.logGroups">,
  keepDays: number,
  { now, place }: { readonly now: Date; readonly place: { readonly region: string } },
): number | null {
  const storedBytes = observed?.storedBytes ?? null;
  if (createdAt === null || storedBytes === null) return null;
  const ageDays = Math.floor((now.getTime() - Date.parse(createdAt)) / dayMs / stepDays) * stepDays;
  const share = ageDays > keepDays ? 1 - keepDays / ageDays : 0;
  const monthly = inRegion(storedLogsMonthlyUsd(twoDigits(storedBytes / 2 ** 30) * 2 ** 30), place.region);
  return monthly === null ? null : cents(monthly * share);
}

/** The first two digits of a number, so that a saving is not overstated. */
function twoDigits(figure: number): number {
  if (figure <= 0) return 0;
  const unit = 10 ** (Math.floor(Math.log10(figure)) - 1);
  return Math.floor(figure / unit + 1e-9) * unit;
}

export const about: About = {
  title: "Log group keeps everything for ever, or audit logs too briefly",
  rationale:
    "What is never deleted is stored and paid for without end, and personal data stays longer than it may. Audit logs, on the other hand, are needed months after the fact.",
  remediation:
    "Set a retention: 30 to 90 days for what applications write, a year for audit logs. What must be kept longer is cheaper in S3.",
  controls: {
    nist_800_53_r5: [
      "ac_16_b",
      "au_6_3",
      "au_6_4",
      "au_6_6",
      "au_6_9",
      "au_10",
      "au_11",
      "au_11_1",
      "au_12_1",
      "au_12_2",
      "au_12_3",
      "au_14_a",
      "au_14_b",
      "ca_7_b",
      "pm_14_a_1",
      "pm_14_b",
      "pm_21_b",
      "pm_31",
      "sc_28_2",
      "si_4_17",
      "si_12",
    ],
    "pci_dss_4.0": ["3.2.1", "3.3.1.1", "3.3.1.3", "3.3.2", "3.3.3", "5.3.4", "10.5.1"],
    soc2: ["cc_7_2", "cc_7_3", "cc_c_1_2"],
    iso_27001_2022: ["A.8.15", "A.8.16"],
    hipaa: ["164_312_b"],
  },
};

export const examples = (): Examples<"logs.logGroups", Params> => {
  const now = new Date("2026-06-01T12:00:00.000Z");
  const place = { region: "us-east-1" };
  const trail = { "cloudtrail.trails": [exampleTrail()] };
  const audit = (retentionInDays: number | null) => exampleLogGroup({ retentionInDays }, { name: "trail" });
  const flow = (destination: string | null) => ({
    "ec2.flowLogs": [{ ...exampleLogGroup(), attributes: { destination, destinationType: "cloud-watch-logs" } }],
  });
  const eks = (name: string, retentionInDays: number) => exampleLogGroup({ retentionInDays }, { name });
  const own = exampleLogGroup({ retentionInDays: 30 });
  return {
    pass: [
      { name: "kept for a day", now, found: exampleLogGroup({ retentionInDays: 1 }), others: trail },
      { name: "audit logs kept for 365 days", now, found: audit(365), others: trail },
      { name: "audit logs kept for less, as asked", now, found: audit(180), others: trail, params: { minDays: 180 } },
      { name: "flow logs go elsewhere", now, found: own, others: flow("arn:aws:s3:::acme-flow") },
      { name: "of a function", now, found: eks("/aws/lambda/cluster", 7) },
    ],
    fail: [
      {
        name: "for ever",
        now,
        place,
        found: exampleLogGroup(),
        expect: { savingsMonthly: 13.15, details: { reason: "never_expires", retentionInDays: null, keepDays: 90 } },
      },
      { name: "for ever, in another region", now, found: exampleLogGroup(), expect: { savingsMonthly: 14.6 } },
      {
        name: "a bit more stored",
        now,
        place,
        found: exampleLogGroup({}, { storedBytes: 509 * 2 ** 30 }),
        expect: { savingsMonthly: 13.15 },
      },
      {
        name: "audit logs for ever: a year is kept",
        now,
        place,
        found: audit(null),
        others: trail,
        expect: { savingsMonthly: 7.5, details: { holds: "CloudTrail events", keepDays: 365 } },
      },
      {
        name: "young",
        now,
        found: exampleLogGroup({}, { createdAt: "2026-04-01T00:00:00.000Z" }),
        expect: { savingsMonthly: 0 },
      },
      { name: "empty", now, found: exampleLogGroup({}, { storedBytes: 0 }), expect: { savingsMonthly: 0 } },
      { name: "of unknown age", now, found: exampleLogGroup({}, { createdAt: null }) },
      { name: "of unknown size", now, found: exampleLogGroup({}, { storedBytes: null }) },
      {
        name: "CloudTrail events kept for 364 days",
        now,
        found: audit(364),
        others: trail,
        expect: { details: { reason: "too_short", holds: "CloudTrail events" } },
      },
      {
        name: "flow logs",
        now,
        found: own,
        others: flow(own.nativeId),
        expect: { details: { holds: "VPC flow logs" } },
      },
      {
        name: "logs of Kubernetes",
        now,
        found: eks("/aws/eks/prod/cluster", 30),
        expect: { details: { holds: "EKS audit logs" } },
      },
    ],
    notApplicable: [{ name: "of class DELIVERY", now, found: exampleLogGroup({ logGroupClass: "DELIVERY" }) }],
  };
};
