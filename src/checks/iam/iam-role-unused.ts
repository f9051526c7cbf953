import type { About, Check, Examples } from "#checks/check";
import { daysSince, isOlderThan } from "#checks/days";
import { exampleRole } from "./examples.ts";

interface Params {
  /** AWS looks back 400 days at most. */
  readonly days: number;
}

export const check: Check<"iam.roles", Params> = {
  id: "iam_role_unused",
  severity: "low",
  category: "operations",
  domain: "identity",
  effort: "low",
  confidence: 0.8,
  drift: false,
  resources: ["iam.roles"],
  decisive: ["lastUsedAt"],
  params: { days: 90 },
  judge({ name, createdAt, observed, attributes: { path } }, { now, params }) {
    if (/^\/aws-(service-role|reserved)\//.test(path)) return null;
    if (createdAt === null || observed === undefined)
      return { status: "unknown", reason: "iam:GetAccountAuthorizationDetails does not say when it was made or used" };
    const { lastUsedAt } = observed;
    const isLeft = [createdAt, lastUsedAt ?? createdAt].every((at) => isOlderThan(params.days, at, now));
    if (!isLeft) return { status: "pass" };
    const use =
      lastUsedAt === null ? "nobody is known to have assumed it" : `was last used on ${lastUsedAt.slice(0, 10)}`;
    return {
      status: "fail",
      summary: `Role ${name} dates from ${createdAt.slice(0, 10)} and ${use}.`,
      details: { roleName: name, createdAt, lastUsedAt },
      evidence: [
        {
          call: "iam:GetAccountAuthorizationDetails",
          field: "RoleDetailList[].RoleLastUsed.LastUsedDate",
          value: lastUsedAt,
        },
      ],
    };
  },
  atRead: ({ createdAt, lastUsedAt }, now) => ({ unusedDays: daysSince(lastUsedAt ?? createdAt, now) }),
};

export const about: About = {
  title: "Nobody has assumed a role for months",
  rationale: "Its trust and its permissions serve nobody any more but somebody who breaks in.",
  remediation:
    "Detach its policies and wait a month; when nobody complained, delete it. Keep a role that is meant for emergencies, and say so with an exception.",
  controls: {},
};

export function examples(): Examples<"iam.roles", Params> {
  const now = new Date("2026-06-30T00:00:00.000Z");
  const edge = "2026-04-01T00:00:00.000Z";
  const before = "2026-03-31T23:59:59.000Z";
  const used = (lastUsedAt: string | null, path = "/") => exampleRole({ path }, { lastUsedAt });
  return {
    pass: [
      { name: "used 90 days ago to the second", now, found: used(edge) },
      { name: "never used, made 90 days ago", now, found: { ...used(null), createdAt: edge } },
      { name: "a longer time allowed", now, params: { days: 180 }, found: used(before) },
    ],
    fail: [
      {
        name: "last used just over 90 days ago",
        now,
        found: used(before),
        expect: { severity: "low", details: { lastUsedAt: before } },
      },
      {
        name: "never used, made just over 90 days ago",
        now,
        found: { ...used(null), createdAt: before },
        expect: { details: { lastUsedAt: null, createdAt: before } },
      },
    ],
    unknown: [{ name: "no date", now, found: { ...used(null), createdAt: null } }],
    notApplicable: [
      { name: "a service's own", now, found: used(null, "/aws-service-role/support.amazonaws.com/") },
      { name: "of IAM Identity Center", now, found: used(null, "/aws-reserved/sso.amazonaws.com/") },
    ],
  };
}
