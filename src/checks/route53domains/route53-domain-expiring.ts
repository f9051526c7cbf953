import type { FoundBy } from "#collectors/registry";
import type { About, Check, Examples, Severity } from "#checks/check";
import { dayMs, daysUntil } from "#checks/days";

interface Params {
  /** Without automatic renewal it is told from so many days before. */
  readonly warnDays: number;
  /** With it, from so many: by then it should have been renewed. */
  readonly autoRenewLateDays: number;
}

export const check: Check<"route53domains.domains", Params> = {
  id: "route53_domain_expiring",
  severity: "high",
  category: "reliability",
  domain: "secrets_lifecycle",
  effort: "low",
  confidence: 1,
  drift: false,
  resources: ["route53domains.domains"],
  decisive: ["reason", "expiry"],
  params: { warnDays: 45, autoRenewLateDays: 15 },
  judge({ attributes: { domainName, autoRenew, transferLock, expiry } }, { now, params }) {
    if (expiry === null) return unsaid("when it expires");
    const days = daysUntil(expiry, now);
    const isLate = days <= params.autoRenewLateDays;
    const isNear = days <= params.warnDays;
    if (autoRenew === null && (isLate || isNear)) return unsaid("whether it renews itself");
    const reason =
      autoRenew === false && isNear
        ? "expires"
        : autoRenew === true && isLate
          ? "renewal_failed"
          : transferLock === false
            ? "transfer_lock"
            : null;
    if (reason === null) return transferLock === null ? unsaid("whether transfers are locked") : { status: "pass" };
    const field = reason === "transfer_lock" ? "TransferLock" : "Expiry";
    return {
      status: "fail",
      severity: severityOf(reason, days),
      summary: `The domain ${domainName} ${sentences[reason].replace("{date}", expiry.slice(0, 10))}.`,
      details: { reason, expiry, autoRenew, transferLock },
      evidence: [
        {
          call: "route53domains:ListDomains",
          field: `Domains[].${field}`,
          value: field === "Expiry" ? expiry : transferLock,
        },
        { call: "route53domains:ListDomains", field: "Domains[].AutoRenew", value: autoRenew },
      ],
    };
  },
  atRead({ expiry }, now) {
    const days = daysUntil(String(expiry), now);
    return { daysUntilExpiry: Number.isNaN(days) ? null : days };
  },
};

const unsaid = (what: string) =>
  ({ status: "unknown", reason: `route53domains:ListDomains did not say ${what}` }) as const;

const sentences = {
  expires: "runs out on {date} and does not renew itself",
  renewal_failed: "runs out on {date}, although it should have renewed itself by now",
  transfer_lock: "is not locked against transfer to another registrar",
} as const;

function severityOf(reason: keyof typeof sentences, days: number): Severity {
  if (reason === "transfer_lock") return "low";
  if (reason === "renewal_failed") return "high";
  return days <= 7 ? "critical" : days <= 30 ? "high" : "medium";
}

export const about: About = {
  title: "A registered domain runs out, or can be carried off",
  rationale: "With the domain go its mail and every name under it, and whoever registers it next receives both.",
  remediation:
    "Turn on automatic renewal and the transfer lock, and see that the account's means of payment is valid. Some top-level domains know no lock: ignore the finding there.",
  controls: {},
};

export const examples = (): Examples<"route53domains.domains", Params> => {
  const end = Date.parse("2026-07-01T00:00:00.000Z");
  const before = (days: number, ms = 0): Date => new Date(end - days * dayMs - ms);
  const domain = (
    attributes: Partial<FoundBy<"route53domains.domains">["attributes"]> = {},
  ): FoundBy<"route53domains.domains"> => ({
    nativeId: "example.com",
    arn: null,
    name: "example.com",
    state: null,
    tags: {},
    createdAt: null,
    region: null,
    attributes: {
      domainName: "example.com",
      autoRenew: true,
      transferLock: true,
      expiry: "2026-07-01T00:00:00.000Z",
      ...attributes,
    },
  });
  const manual = domain({ autoRenew: false });
  return {
    pass: [
      { name: "46 days left", found: manual, now: before(46) },
      { name: "16 days left, renews itself", found: domain(), now: before(16) },
      { name: "a shorter warning", found: manual, now: before(40), params: { warnDays: 30 } },
      { name: "AWS does not say whether it renews, far off", found: domain({ autoRenew: null }), now: before(46) },
    ],
    fail: [
      { name: "a moment less than 46 days left", found: manual, now: before(46, -1), expect: { severity: "medium" } },
      {
        name: "31 days left",
        found: manual,
        now: before(31),
        expect: { severity: "medium", details: { reason: "expires" } },
      },
      { name: "30 days left", found: manual, now: before(30), expect: { severity: "high" } },
      { name: "8 days left", found: manual, now: before(8), expect: { severity: "high" } },
      { name: "7 days left", found: manual, now: before(7), expect: { severity: "critical" } },
      { name: "ran out", found: manual, now: before(-3), expect: { severity: "critical" } },
      {
        name: "15 days left although it renews itself",
        found: domain({ transferLock: false }),
        now: before(15),
        expect: { severity: "high", details: { reason: "renewal_failed" } },
      },
      {
        name: "not locked",
        found: domain({ transferLock: false }),
        now: before(300),
        expect: { severity: "low", details: { reason: "transfer_lock" } },
      },
    ],
    unknown: [
      { name: "no date", found: domain({ expiry: null }), now: before(7) },
      { name: "AWS does not say whether it renews", found: domain({ autoRenew: null }), now: before(45) },
      { name: "AWS does not say whether it is locked", found: domain({ transferLock: null }), now: before(300) },
    ],
  };
};
