import type { About, Check, Examples } from "#checks/check";
import { exampleUser } from "./examples.ts";
import { daysSince, isOlderThan } from "#checks/days";

interface Params {
  readonly maxUnusedDays: number;
}

export const check: Check<"iam.users", Params> = {
  id: "iam_user_console_unused",
  severity: "medium",
  category: "security",
  domain: "identity",
  effort: "low",
  confidence: 1,
  drift: false,
  resources: ["iam.users"],
  decisive: ["passwordLastUsedAt"],
  params: { maxUnusedDays: 45 },
  /** A password that was never used counts from when it was set (CIS AWS Foundations 3.0, 1.12). */
  judge({ name, createdAt, observed, attributes: { passwordEnabled, passwordChangedAt } }, { now, params }) {
    if (passwordEnabled === false) return { status: "pass" };
    const passwordLastUsedAt = observed?.passwordLastUsedAt;
    const since = passwordLastUsedAt ?? passwordChangedAt ?? createdAt;
    if (typeof passwordEnabled !== "boolean" || passwordLastUsedAt === undefined || since === null) {
      return { status: "unknown", reason: "iam:GetCredentialReport could not be read, or does not list this user yet" };
    }
    if (!isOlderThan(params.maxUnusedDays, since, now)) return { status: "pass" };
    const use =
      passwordLastUsedAt === null ? "never signed in with it" : `last signed in with it on ${since.slice(0, 10)}`;
    return {
      status: "fail",
      summary: `${name} has a console password and ${use}.`,
      details: { userName: name, createdAt, passwordLastUsedAt, unusedSince: since },
      evidence: [
        { call: "iam:GetCredentialReport", field: "password_enabled", value: "true" },
        { call: "iam:GetCredentialReport", field: "password_last_used", value: passwordLastUsedAt },
      ],
    };
  },
  atRead({ unusedSince }, now) {
    return { unusedDays: daysSince(unusedSince, now) };
  },
};

export const about: About = {
  title: "A console password is kept that nobody uses",
  rationale: "Logins left behind by people who changed jobs are attacked without anybody noticing.",
  remediation: "Delete the user's login profile, and the user too when no key or service depends on it.",
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
    soc2: ["cc_1_3"],
  },
};

export function examples(): Examples<"iam.users", Params> {
  const now = new Date("2026-06-30T00:00:00.000Z");
  const edge = "2026-05-16T00:00:00.000Z";
  const before = "2026-05-15T23:59:59.000Z";
  return {
    pass: [
      { name: "signed in 45 days ago to the second", now, found: exampleUser({}, { passwordLastUsedAt: edge }) },
      { name: "never signed in, password set 45 days ago", now, found: exampleUser({ passwordChangedAt: edge }) },
      { name: "no password", now, found: exampleUser({ passwordEnabled: false }) },
      { name: "made 45 days ago", now, found: { ...exampleUser({ passwordChangedAt: null }), createdAt: edge } },
    ],
    fail: [
      {
        name: "signed in just over 45 days ago",
        now,
        found: exampleUser({ passwordChangedAt: edge }, { passwordLastUsedAt: before }),
        expect: { details: { userName: "alice", passwordLastUsedAt: before } },
      },
      {
        name: "never signed in, password set just over 45 days ago",
        now,
        found: exampleUser({ passwordChangedAt: before }),
        expect: { details: { passwordLastUsedAt: null, unusedSince: before } },
      },
      {
        name: "a shorter time allowed",
        now,
        params: { maxUnusedDays: 30 },
        found: exampleUser({}, { passwordLastUsedAt: edge }),
      },
    ],
    unknown: [
      {
        name: "no credential report",
        now,
        found: exampleUser({ passwordEnabled: undefined, passwordChangedAt: undefined }),
      },
    ],
  };
}
