import type { About, Check, Examples } from "#checks/check";
import { exampleInactiveKey, exampleKey } from "./examples.ts";
import { dayMs, daysSince } from "#checks/days";

interface Params {
  readonly maxUnusedDays: number;
}

export const check: Check<"iam.accessKeys", Params> = {
  id: "iam_key_unused",
  severity: "medium",
  category: "security",
  domain: "identity",
  effort: "low",
  confidence: 1,
  drift: false,
  resources: ["iam.accessKeys"],
  decisive: ["accessKeyId", "lastUsedAt"],
  params: { maxUnusedDays: 45 },
  judge({ createdAt, observed, attributes: { active, userName } }, { now, params }) {
    const from = new Date(now.getTime() - params.maxUnusedDays * dayMs).toISOString();
    if (!active || (createdAt !== null && createdAt >= from)) return { status: "pass" };
    const lastUsedAt = observed?.lastUsedAt;
    if (lastUsedAt === undefined || (lastUsedAt ?? createdAt) === null) {
      return { status: "unknown", reason: "iam:GetCredentialReport could not be read, or does not list this key yet" };
    }
    if (lastUsedAt !== null && lastUsedAt >= from) return { status: "pass" };
    const use = lastUsedAt === null ? "was never used" : `was last used on ${lastUsedAt.slice(0, 10)}`;
    const accessKeyId = observed?.accessKeyId ?? null;
    return {
      status: "fail",
      summary: `${accessKeyId ? `Access key ${accessKeyId}` : "An access key"} of ${userName} is active and ${use}.`,
      details: { accessKeyId, userName, createdAt, lastUsedAt },
      evidence: [
        { call: "iam:GetCredentialReport", field: "access_key_active", value: "true" },
        { call: "iam:GetCredentialReport", field: "access_key_last_used_date", value: lastUsedAt },
      ],
    };
  },
  atRead({ createdAt, lastUsedAt }, now) {
    return { unusedDays: daysSince(lastUsedAt ?? createdAt, now) };
  },
};

export const about: About = {
  title: "An access key is active that nobody uses",
  rationale:
    "It opens the account like any other key, yet its owner would not notice if somebody else began to use it.",
  remediation: "Switch the key off, give whoever may still need it two weeks to speak up, and delete it.",
  controls: {
    aws_fsbp: ["IAM.8", "IAM.22", "IAM.26"],
    "cis_aws_3.0": ["1.12"],
    "cis_aws_5.0": ["1.11"],
    "cis_aws_6.0": ["2.11"],
    "cis_aws_7.0": ["2.11"],
    gdpr: ["article_25"],
    hipaa: ["164_308_a_3_ii_b", "164_308_a_4_ii_c", "164_308_a_5_ii_d"],
    iso_27001_2022: ["A.5.15"],
    nist_800_53_r5: [
      "ac_2_1",
      "ac_2_3",
      "ac_2_3_a",
      "ac_2_3_b",
      "ac_2_3_c",
      "ac_2_3_d",
      "ac_2_6",
      "ac_2_g",
      "ac_2_j",
      "ac_3",
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
      "ac_3_7",
      "ac_3_8",
      "ac_3_12_a",
      "ac_3_13",
      "ac_3_15_a",
      "ac_3_15_b",
      "ac_4_28",
      "ac_6",
      "ac_24",
      "cm_5_1_a",
      "cm_6_a",
      "cm_9_b",
      "mp_2",
      "sc_23_3",
    ],
    "pci_dss_4.0": ["7.2.4", "7.2.5.1", "8.2.6", "A3.4.1"],
    soc2: ["cc_1_3"],
  },
};

export function examples(): Examples<"iam.accessKeys", Params> {
  const now = new Date("2026-06-30T00:00:00.000Z");
  const edge = "2026-05-16T00:00:00.000Z";
  const before = "2026-05-15T23:59:59.000Z";
  return {
    pass: [
      { name: "used 45 days ago to the second", now, found: exampleKey({}, edge) },
      { name: "never used, made 45 days ago to the second", now, found: exampleKey({ createdAt: edge }) },
      {
        name: "newer than the credential report",
        now,
        found: { ...exampleKey({ createdAt: edge }), observed: { lastUsedAt: undefined, accessKeyId: null } },
      },
      { name: "switched off", now, found: exampleInactiveKey() },
    ],
    fail: [
      {
        name: "last used just over 45 days ago",
        now,
        found: exampleKey({}, before),
        expect: { details: { lastUsedAt: before } },
      },
      {
        name: "never used, made just over 45 days ago",
        now,
        found: exampleKey({ createdAt: before }),
        expect: { details: { lastUsedAt: null, createdAt: before } },
      },
      { name: "a shorter time allowed", now, params: { maxUnusedDays: 30 }, found: exampleKey({}, edge) },
    ],
    unknown: [
      {
        name: "no credential report",
        now,
        found: { ...exampleKey({}), observed: { lastUsedAt: undefined, accessKeyId: null } },
      },
      { name: "never used, no date", now, found: exampleKey({ createdAt: null }) },
    ],
  };
}
