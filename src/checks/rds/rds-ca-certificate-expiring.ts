import type { About, Check, Examples, Severity } from "#checks/check";
import { dayMs, daysUntil } from "#checks/days";
import { exampleInstance } from "./examples.ts";
import { isRdsEngine } from "./shared.ts";

interface Params {
  readonly warnDays: number;
}

export const check: Check<"rds.dbInstances", Params> = {
  id: "rds_ca_certificate_expiring",
  severity: "high",
  category: "security",
  domain: "secrets_lifecycle",
  effort: "medium",
  confidence: 1,
  drift: false,
  resources: ["rds.dbInstances"],
  decisive: ["caValidTill"],
  params: { warnDays: 90 },
  judge({ attributes: { identifier, engine, caCertificateIdentifier, caValidTill } }, { now, params }) {
    if (!isRdsEngine(engine)) return null;
    if (caValidTill === null) {
      return { status: "unknown", reason: "rds:DescribeDBInstances did not say when its server certificate lapses" };
    }
    const leftDays = (Date.parse(caValidTill) - now.getTime()) / dayMs;
    if (leftDays > params.warnDays) return { status: "pass" };
    return {
      status: "fail",
      severity: severityWith(leftDays),
      summary: `The server certificate of database ${identifier} is valid until ${caValidTill.slice(0, 10)}.`,
      details: { caCertificateIdentifier, caValidTill },
      evidence: [{ call: "rds:DescribeDBInstances", field: "CertificateDetails.ValidTill", value: caValidTill }],
    };
  },
  atRead: ({ caValidTill }, now) => ({ daysUntilExpiry: daysUntil(String(caValidTill), now) }),
};

function severityWith(leftDays: number): Severity {
  if (leftDays <= 7) return "critical";
  return leftDays <= 30 ? "high" : "medium";
}

export const about: About = {
  title: "The database's server certificate lapses soon",
  rationale: "From that day on, clients that verify the certificate can no longer connect.",
  remediation:
    "Give clients the current RDS trust bundle first, then move the instance to a newer certificate authority such as rds-ca-rsa2048-g1.",
  controls: {},
};

export const examples = (): Examples<"rds.dbInstances", Params> => {
  const now = new Date("2026-03-01T00:00:00Z");
  const until = (caValidTill: string | null) => ({ found: exampleInstance({ caValidTill }), now });
  return {
    pass: [{ name: "more than 90 days left", ...until("2026-05-30T00:00:01.000Z") }],
    fail: [
      { name: "90 days left", ...until("2026-05-30T00:00:00.000Z"), expect: { severity: "medium" } },
      { name: "just over 30 days left", ...until("2026-03-31T00:00:01.000Z"), expect: { severity: "medium" } },
      { name: "30 days left", ...until("2026-03-31T00:00:00.000Z"), expect: { severity: "high" } },
      { name: "just over 7 days left", ...until("2026-03-08T00:00:01.000Z"), expect: { severity: "high" } },
      { name: "7 days left", ...until("2026-03-08T00:00:00.000Z"), expect: { severity: "critical" } },
      {
        name: "lapsed",
        ...until("2024-08-22T17:08:50.000Z"),
        expect: { severity: "critical", details: { caValidTill: "2024-08-22T17:08:50.000Z" } },
      },
      {
        name: "an organization that wants to know earlier",
        ...until("2026-08-01T00:00:00.000Z"),
        params: { warnDays: 180 },
        expect: { severity: "medium" },
      },
    ],
    unknown: [{ name: "AWS does not say", ...until(null) }],
    notApplicable: [
      { name: "a DocumentDB instance", found: exampleInstance({ engine: "docdb", caValidTill: null }), now },
    ],
  };
};
