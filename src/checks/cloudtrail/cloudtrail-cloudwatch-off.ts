import type { About, Check, Examples } from "#checks/check";
import { exampleTrail } from "./examples.ts";

interface Params {
  /** So long may pass since the last delivery. */
  readonly maxHours: number;
}

const hourMs = 3_600_000;

export const check: Check<"cloudtrail.trails", Params> = {
  id: "cloudtrail_cloudwatch_off",
  severity: "low",
  category: "compliance",
  domain: "logging_detection",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["cloudtrail.trails"],
  decisive: ["logGroup"],
  params: { maxHours: 24 },
  judge({ name, attributes, observed }, { now, params }) {
    const { cloudWatchLogsLogGroupArn: logGroup, isLogging, loggingSince } = attributes;
    if (logGroup === null)
      return {
        status: "fail",
        summary: `Trail ${name} names no log group of CloudWatch Logs.`,
        details: { logGroup, lastDeliveredAt: null },
        evidence: [
          { call: "cloudtrail:DescribeTrails", field: "trailList[].CloudWatchLogsLogGroupArn", value: logGroup },
        ],
      };
    if (isLogging === false) return { status: "pass" };
    const lastDeliveredAt = observed?.latestLogGroupDeliveryAt;
    const last = lastDeliveredAt === null ? loggingSince : lastDeliveredAt;
    if (isLogging === undefined || !last)
      return { status: "unknown", reason: "cloudtrail:GetTrailStatus could not be read, or tells no time" };
    if (now.getTime() - Date.parse(last) <= params.maxHours * hourMs) return { status: "pass" };
    return {
      status: "fail",
      summary: `Trail ${name} has delivered nothing to its log group since ${last.slice(0, 10)}.`,
      details: { logGroup, lastDeliveredAt: lastDeliveredAt ?? null },
      evidence: [
        {
          call: "cloudtrail:GetTrailStatus",
          field: "LatestCloudWatchLogsDeliveryTime",
          value: lastDeliveredAt ?? null,
        },
        {
          call: "cloudtrail:GetTrailStatus",
          field: "LatestCloudWatchLogsDeliveryError",
          value: observed?.latestLogGroupDeliveryError ?? null,
        },
      ],
    };
  },
};

export const about: About = {
  title: "A trail does not reach CloudWatch Logs",
  rationale:
    "Files in a bucket come late and are hard to search. Alarms on what happens in the account need the events in a log group.",
  remediation:
    "Give the trail a log group with a retention and a role that may write to it. If events already reach you through EventBridge, ignore this.",
  controls: {
    aws_fsbp: ["CloudTrail.5"],
    nist_800_53_r5: [
      "ac_2_4",
      "ac_3_1",
      "ac_3_10",
      "ac_4_26",
      "ac_6_9",
      "au_2_b",
      "au_3_a",
      "au_3_b",
      "au_3_c",
      "au_3_d",
      "au_3_e",
      "au_3_f",
      "au_4_1",
      "au_6_1",
      "au_6_3",
      "au_6_4",
      "au_6_5",
      "au_6_6",
      "au_6_9",
      "au_7_1",
      "au_8_b",
      "au_9_7",
      "au_10",
      "au_12_1",
      "au_12_2",
      "au_12_3",
      "au_12_4",
      "au_12_a",
      "au_12_c",
      "au_14_3",
      "au_14_a",
      "au_14_b",
      "au_16",
      "ca_7_b",
      "cm_5_1_b",
      "cm_6_a",
      "cm_9_b",
      "ia_3_3_b",
      "ma_4_1_a",
      "pm_14_a_1",
      "pm_14_b",
      "pm_31",
      "sc_7_9_b",
      "si_1_1_c",
      "si_3_8_b",
      "si_4_2",
      "si_4_17",
      "si_4_20",
      "si_7_8",
      "si_10_1_c",
    ],
    "pci_dss_4.0": [
      "5.3.4",
      "10.2.1",
      "10.2.1.1",
      "10.2.1.2",
      "10.2.1.3",
      "10.2.1.4",
      "10.2.1.5",
      "10.2.1.6",
      "10.2.1.7",
      "10.2.2",
      "10.3.1",
      "10.4.1.1",
      "10.6.3",
      "11.5.2",
      "11.6.1",
      "12.10.5",
      "A1.2.1",
      "A3.3.1",
      "A3.5.1",
    ],
    soc2: ["cc_7_2", "cc_7_3", "cc_a_1_1", "pi_1_3"],
    iso_27001_2022: ["A.8.15", "A.8.16"],
    hipaa: ["164_308_a_1_ii_d", "164_308_a_6_ii", "164_312_b", "164_312_e_2_i"],
    gdpr: ["article_25", "article_30"],
  },
};

export const examples = (): Examples<"cloudtrail.trails", Params> => {
  const now = new Date("2026-06-01T12:00:00.000Z");
  const edge = "2026-05-31T12:00:00.000Z";
  const before = "2026-05-31T11:59:59.999Z";
  return {
    pass: [
      { name: "delivered 24 hours ago", now, found: exampleTrail({}, { latestLogGroupDeliveryAt: edge }) },
      {
        name: "not delivered yet, switched on 24 hours ago",
        now,
        found: exampleTrail({ loggingSince: edge }, { latestLogGroupDeliveryAt: null }),
      },
      { name: "stopped", now, found: exampleTrail({ isLogging: false }, { latestLogGroupDeliveryAt: before }) },
      {
        name: "longer allowed",
        now,
        params: { maxHours: 25 },
        found: exampleTrail({}, { latestLogGroupDeliveryAt: before }),
      },
    ],
    fail: [
      { name: "no log group", now, found: exampleTrail({ cloudWatchLogsLogGroupArn: null }) },
      {
        name: "delivered more than 24 hours ago",
        now,
        found: exampleTrail({}, { latestLogGroupDeliveryAt: before, latestLogGroupDeliveryError: "AccessDenied" }),
        expect: { severity: "low", details: { lastDeliveredAt: before } },
      },
      {
        name: "never delivered, switched on before that",
        now,
        found: exampleTrail({ loggingSince: before }, { latestLogGroupDeliveryAt: null }),
      },
    ],
    unknown: [
      {
        name: "status denied",
        now,
        found: exampleTrail({ isLogging: undefined, loggingSince: undefined }, { latestLogGroupDeliveryAt: undefined }),
      },
      {
        name: "no time at all",
        now,
        found: exampleTrail({ loggingSince: null }, { latestLogGroupDeliveryAt: null }),
      },
    ],
  };
};
