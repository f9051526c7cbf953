import type { About, Check, Examples } from "#checks/check";
import { dayMs } from "#checks/days";
import { exampleAccount } from "./examples.ts";

interface Params {
  /** Root may have worked longer ago than this. */
  readonly days: number;
}

export const check: Check<"iam.accounts", Params> = {
  id: "root_used_recently",
  severity: "medium",
  category: "security",
  domain: "identity",
  effort: "medium",
  confidence: 1,
  drift: false,
  resources: ["iam.accounts"],
  decisive: [],
  params: { days: 30 },
  judge({ observed }, { now, params }) {
    const { passwordLastUsedAt, accessKeyLastUsedAt } = observed ?? {};
    if (passwordLastUsedAt === undefined || accessKeyLastUsedAt === undefined) {
      return {
        status: "unknown",
        reason: "iam:GetCredentialReport could not be read, or has no row for the root user",
      };
    }
    const from = new Date(now.getTime() - params.days * dayMs).toISOString();
    const byPassword = (passwordLastUsedAt ?? "") >= from;
    const byKey = (accessKeyLastUsedAt ?? "") >= from;
    if (!byPassword && !byKey) return { status: "pass" };
    const dates = { ...(byPassword && { passwordLastUsedAt }), ...(byKey && { accessKeyLastUsedAt }) };
    return {
      status: "fail",
      severity: byKey ? "high" : "medium",
      summary: byKey
        ? "An access key of the root user is in use."
        : "Somebody signs in to the console as the root user.",
      details: dates,
      evidence: Object.entries(dates).map(([field, value]) => ({ call: "iam:GetCredentialReport", field, value })),
    };
  },
};

export const about: About = {
  title: "The root user was at work lately",
  rationale:
    "What root does is nobody's in particular and no guard rail holds it back, so it should do next to nothing.",
  remediation:
    "Do the daily work with an administrator role from IAM Identity Center; open root only for the tasks AWS reserves for it.",
  controls: {
    "cis_aws_3.0": ["1.7"],
    "cis_aws_5.0": ["1.6"],
    "cis_aws_6.0": ["2.6"],
    "cis_aws_7.0": ["2.7"],
    iso_27001_2022: ["A.5.15"],
  },
};

export function examples(): Examples<"iam.accounts", Params> {
  const now = new Date("2026-06-30T00:00:00.000Z");
  const edge = "2026-05-31T00:00:00.000Z";
  const before = "2026-05-30T23:59:59.000Z";
  return {
    pass: [
      { name: "never used", now, found: exampleAccount({}, { passwordLastUsedAt: null, accessKeyLastUsedAt: null }) },
      {
        name: "just over 30 days ago",
        now,
        found: exampleAccount({}, { passwordLastUsedAt: before, accessKeyLastUsedAt: before }),
      },
    ],
    fail: [
      {
        name: "signed in 30 days ago to the second",
        now,
        found: exampleAccount({}, { passwordLastUsedAt: edge, accessKeyLastUsedAt: null }),
        expect: { severity: "medium", details: { passwordLastUsedAt: edge } },
      },
      {
        name: "a key used 30 days ago to the second",
        now,
        found: exampleAccount({}, { passwordLastUsedAt: before, accessKeyLastUsedAt: edge }),
        expect: { severity: "high", details: { accessKeyLastUsedAt: edge } },
      },
      {
        name: "in a longer window",
        now,
        params: { days: 90 },
        found: exampleAccount({}, { passwordLastUsedAt: before, accessKeyLastUsedAt: null }),
      },
    ],
    unknown: [
      { name: "no credential report", now, found: exampleAccount() },
      {
        name: "no root row",
        now,
        found: exampleAccount({}, { passwordLastUsedAt: undefined, accessKeyLastUsedAt: undefined }),
      },
    ],
  };
}
