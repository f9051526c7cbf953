import type { FoundBy } from "#collectors/registry";
import type { About, Check, Examples } from "#checks/check";
import { exampleUser } from "./examples.ts";
import { isOlderThan } from "#checks/days";

interface Params {
  /** How long a rotation may take. */
  readonly rotationGraceDays: number;
}

export const check: Check<"iam.users", Params> = {
  id: "iam_user_two_active_keys",
  severity: "low",
  category: "compliance",
  domain: "identity",
  effort: "low",
  confidence: 1,
  drift: false,
  resources: ["iam.users"],
  decisive: ["keys"],
  params: { rotationGraceDays: 14 },
  judge({ name, attributes: { accessKeys } }, { now, params }) {
    if (accessKeys === undefined) {
      return { status: "unknown", reason: "iam:GetCredentialReport could not be read, or does not list this user yet" };
    }
    const active = accessKeys.filter((key) => key.active);
    if (active.length < 2) return { status: "pass" };
    const dates = active.flatMap((key) => key.rotatedAt ?? []);
    if (dates.length < active.length) {
      return { status: "unknown", reason: "iam:GetCredentialReport does not say when the keys were made" };
    }
    if (!dates.every((date) => isOlderThan(params.rotationGraceDays, date, now))) return { status: "pass" };
    return {
      status: "fail",
      summary: `${name} has two active access keys, from ${dates.map((date) => date.slice(0, 10)).join(" and ")}.`,
      details: { userName: name, keys: active.map(({ slot, rotatedAt }) => ({ slot, createdAt: rotatedAt })) },
      evidence: active.map(({ slot, rotatedAt }) => ({
        call: "iam:GetCredentialReport",
        field: `access_key_${slot}_last_rotated`,
        value: rotatedAt,
      })),
    };
  },
};

export const about: About = {
  title: "An IAM user keeps two access keys active",
  rationale: "The second key is there for the days of a rotation; when both stay, there is one more secret to lose.",
  remediation: "See from the last use which of the two still works for somebody, and delete the other.",
  controls: {
    "cis_aws_3.0": ["1.13"],
    "cis_aws_5.0": ["1.12"],
    "cis_aws_6.0": ["2.12"],
  },
};

export function examples(): Examples<"iam.users", Params> {
  const now = new Date("2026-06-30T00:00:00.000Z");
  const old = "2025-01-01T00:00:00.000Z";
  const edge = "2026-06-16T00:00:00.000Z";
  const before = "2026-06-15T23:59:59.000Z";
  const withKeys = (first: string | null, second: string | null, active = true): FoundBy<"iam.users"> =>
    exampleUser({
      accessKeys: [
        { slot: 1, active: true, rotatedAt: first },
        { slot: 2, active, rotatedAt: second },
      ],
    });
  return {
    pass: [
      { name: "no keys", now, found: exampleUser({}) },
      { name: "one key", now, found: exampleUser({ accessKeys: [{ slot: 2, active: true, rotatedAt: old }] }) },
      { name: "the second is switched off", now, found: withKeys(old, before, false) },
      { name: "the younger is 14 days old to the second", now, found: withKeys(edge, old) },
    ],
    fail: [
      {
        name: "the younger is just over 14 days old",
        now,
        found: withKeys(old, before),
        expect: { details: { userName: "alice" } },
      },
      { name: "a shorter grace", now, params: { rotationGraceDays: 7 }, found: withKeys(old, edge) },
    ],
    unknown: [
      { name: "no credential report", now, found: exampleUser({ accessKeys: undefined }) },
      { name: "a key without a date", now, found: withKeys(old, null) },
    ],
  };
}
