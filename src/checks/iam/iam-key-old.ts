import type { About, Check, Examples } from "#checks/check";
import { exampleInactiveKey, exampleKey } from "./examples.ts";
import { dayMs, daysSince, isOlderThan } from "#checks/days";

interface Params {
  readonly maxAgeDays: number;
  /** Older than this the finding is high. */
  readonly highAgeDays: number;
}

export const check: Check<"iam.accessKeys", Params> = {
  id: "iam_key_old",
  severity: "medium",
  category: "security",
  domain: "secrets_lifecycle",
  effort: "medium",
  confidence: 1,
  drift: false,
  resources: ["iam.accessKeys"],
  decisive: ["accessKeyId", "createdAt"],
  params: { maxAgeDays: 90, highAgeDays: 365 },
  judge({ createdAt, observed, attributes: { active, userName } }, { now, params }) {
    if (!active) return { status: "pass" };
    if (createdAt === null)
      return { status: "unknown", reason: "iam:GetCredentialReport does not say when the key was made" };
    if (!isOlderThan(params.maxAgeDays, createdAt, now)) return { status: "pass" };
    const accessKeyId = observed?.accessKeyId ?? null;
    return {
      status: "fail",
      severity: isOlderThan(params.highAgeDays, createdAt, now) ? "high" : "medium",
      summary: `${accessKeyId ? `Access key ${accessKeyId}` : "An access key"} of ${userName} is active and dates from ${createdAt.slice(0, 10)}.`,
      details: { accessKeyId, userName, createdAt },
      evidence: [
        { call: "iam:GetCredentialReport", field: "access_key_last_rotated", value: createdAt },
        { call: "iam:GetCredentialReport", field: "access_key_active", value: "true" },
      ],
    };
  },
  deadline: ({ createdAt, attributes: { active } }, { maxAgeDays }) =>
    active && createdAt !== null ? new Date(Date.parse(createdAt) + maxAgeDays * dayMs).toISOString() : null,
  atRead({ createdAt }, now) {
    return { ageDays: daysSince(createdAt, now) };
  },
};

export const about: About = {
  title: "An active access key is overdue for replacement",
  rationale:
    "A static key ends up in shell histories, images, logs and old laptops, and every copy works until the key is replaced.",
  remediation:
    "Make a second key, move its user over to it, switch the old key off, and delete it when nothing broke. Better: use a role or OIDC and no key.",
  controls: {
    aws_fsbp: ["IAM.3"],
    "cis_aws_3.0": ["1.14"],
    "cis_aws_5.0": ["1.13"],
    "cis_aws_6.0": ["2.13"],
    "cis_aws_7.0": ["2.12"],
    gdpr: ["article_25"],
    hipaa: ["164_308_a_3_ii_c", "164_308_a_4_ii_c", "164_308_a_5_ii_d"],
    iso_27001_2022: ["A.5.15"],
    nist_800_53_r5: [
      "ac_2_1",
      "ac_3_3",
      "ac_3_3_a",
      "ac_3_3_b_1",
      "ac_3_3_b_2",
      "ac_3_3_b_3",
      "ac_3_3_b_4",
      "ac_3_3_b_5",
      "ac_3_3_c",
      "ac_3_4",
      "ac_3_4_a",
      "ac_3_4_b",
      "ac_3_4_c",
      "ac_3_4_d",
      "ac_3_4_e",
      "ac_3_8",
      "ac_3_12_a",
      "ac_3_13",
      "ac_3_15_a",
      "ac_3_15_b",
      "ac_4_28",
      "ac_24",
      "cm_5_1_a",
      "cm_6_a",
      "cm_9_b",
      "sc_23_3",
    ],
    "pci_dss_4.0": ["8.3.5", "8.3.7", "8.3.9", "8.3.10.1", "8.6.3"],
  },
};

export function examples(): Examples<"iam.accessKeys", Params> {
  const created = Date.parse("2024-01-01T00:00:00.000Z");
  const after = (days: number, ms = 0): Date => new Date(created + days * dayMs + ms);
  return {
    pass: [
      { name: "90 days old to the second", now: after(90), found: exampleKey() },
      { name: "switched off", now: after(1000), found: exampleInactiveKey() },
      { name: "a longer age allowed", now: after(100), params: { maxAgeDays: 180 }, found: exampleKey() },
    ],
    fail: [
      { name: "just over 90 days old", now: after(90, 1), found: exampleKey(), expect: { severity: "medium" } },
      { name: "365 days old to the second", now: after(365), found: exampleKey(), expect: { severity: "medium" } },
      {
        name: "just over 365 days old",
        now: after(365, 1),
        found: exampleKey(),
        expect: { severity: "high", details: { accessKeyId: "AKIAEXAMPLE000000001", userName: "alice" } },
      },
    ],
    unknown: [{ name: "no date", now: after(1), found: exampleKey({ createdAt: null }) }],
  };
}
