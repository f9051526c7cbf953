import type { About, Check, Examples } from "#checks/check";
import { daysSince, isOlderThan } from "#checks/days";
import { cents } from "#prices/prices";
import { inRegion } from "#prices/regions";
import { secretMonthlyUsd } from "#prices/secretsmanager";
import { exampleSecret } from "./examples.ts";

interface Params {
  readonly days: number;
}

export const check: Check<"secretsmanager.secrets", Params> = {
  id: "secret_unused",
  severity: "low",
  category: "cost",
  domain: "cost",
  effort: "low",
  confidence: 0.9,
  drift: false,
  resources: ["secretsmanager.secrets"],
  decisive: ["lastAccessedAt"],
  params: { days: 90 },
  judge({ name, createdAt, attributes, observed }, { now, params, place }) {
    const { deletedAt, owningService } = attributes;
    if (deletedAt !== null || owningService !== null) return null;
    const lastAccessedAt = observed?.lastAccessedAt ?? null;
    const since = lastAccessedAt ?? createdAt;
    if (since === null)
      return { status: "unknown", reason: "secretsmanager:ListSecrets does not say when it was made or read" };
    if (!isOlderThan(params.days, since, now)) return { status: "pass" };
    const monthly = inRegion(secretMonthlyUsd(attributes), place.region);
    return {
      status: "fail",
      exposure: "idle",
      summary: `Secret ${name} was ${lastAccessedAt === null ? "never read" : `last read on ${lastAccessedAt.slice(0, 10)}`}.`,
      details: { createdAt, lastAccessedAt },
      evidence: [
        { call: "secretsmanager:ListSecrets", field: "SecretList[].LastAccessedDate", value: lastAccessedAt },
        { call: "secretsmanager:ListSecrets", field: "SecretList[].CreatedDate", value: createdAt },
      ],
      savingsMonthly: monthly === null ? null : cents(monthly),
    };
  },
  atRead: ({ createdAt, lastAccessedAt }, now) => ({ unusedDays: daysSince(lastAccessedAt ?? createdAt, now) }),
};

export const about: About = {
  title: "Nobody has read the secret for months",
  rationale: "It is paid for, it can be stolen, and nothing would miss it.",
  remediation:
    "Delete it with a window of 30 days, in which it can be brought back. A copy of a secret in another region is removed from the original.",
  controls: { aws_fsbp: ["SecretsManager.3"], "pci_dss_4.0": ["7.2.4", "7.2.5.1", "8.2.2", "8.2.6", "A3.4.1"] },
};

export const examples = (): Examples<"secretsmanager.secrets", Params> => {
  const now = new Date("2026-06-30T00:00:00.000Z");
  const place = { region: "us-east-1" };
  const edge = "2026-04-01T00:00:00.000Z";
  const before = "2026-03-31T23:59:59.999Z";
  const read = (lastAccessedAt: string | null, createdAt: string | null = "2024-01-01T00:00:00.000Z") =>
    exampleSecret({}, { lastAccessedAt }, { createdAt });
  return {
    pass: [
      { name: "read 90 days ago", now, found: read(edge) },
      { name: "made 90 days ago, never read", now, found: read(null, edge) },
      { name: "longer allowed", now, params: { days: 91 }, found: read(before) },
    ],
    fail: [
      {
        name: "read more than 90 days ago",
        now,
        place,
        found: read(before),
        expect: { savingsMonthly: 0.4, exposure: "idle", details: { lastAccessedAt: before } },
      },
      {
        name: "never read",
        now,
        found: read(null),
        expect: { savingsMonthly: 0.44, details: { lastAccessedAt: null } },
      },
      {
        name: "a copy",
        now,
        place,
        found: exampleSecret({ primaryRegion: "eu-west-1" }),
        expect: { savingsMonthly: 0.4 },
      },
    ],
    unknown: [{ name: "no date at all", now, found: read(null, null) }],
    notApplicable: [
      { name: "marked for deletion", now, found: exampleSecret({ deletedAt: edge }) },
      { name: "a service's own", now, found: exampleSecret({ owningService: "rds" }) },
    ],
  };
};
