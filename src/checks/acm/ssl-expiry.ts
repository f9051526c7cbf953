import type { CertificateFacts } from "#collectors/acm/certificates";
import type { FoundBy } from "#collectors/registry";
import type { Check, Examples, Severity } from "#checks/check";

interface Params {
  readonly warnDays: number;
}

const dayMs = 86_400_000;

/** ACM begins to renew 60 days before the end; what it has not renewed 30 days before needs a person. */
const managedRenewalDays = 30;

export const check: Check<"acm.certificates" | "iam.serverCertificates", Params> = {
  id: "ssl_expiry",
  title: "A TLS certificate nears its end",
  severity: "high",
  category: "reliability",
  domain: "secrets_lifecycle",
  effort: "low",
  confidence: 1,
  drift: false,
  resources: ["acm.certificates", "iam.serverCertificates"],
  rationale: "From the second it ends, browsers warn their users away and programs refuse to connect.",
  remediation:
    "If ACM issued it, put its DNS validation records in order so that it renews by itself; if it was imported, import the new one under the same ARN.",
  controls: {
    aws_fsbp: ["ACM.1"],
    gdpr: ["article_32"],
    hipaa: ["164_308_a_4_ii_a", "164_312_e_1"],
    iso_27001_2022: ["A.8.5"],
    nist_800_53_r5: ["sc_7_12", "sc_7_16"],
    "pci_dss_4.0": [
      "3.5.1.1",
      "3.5.1.3",
      "3.6.1",
      "3.6.1.2",
      "3.6.1.3",
      "3.6.1.4",
      "3.7.1",
      "3.7.2",
      "3.7.4",
      "3.7.5",
      "3.7.6",
      "3.7.7",
      "4.2.1.1",
    ],
    soc2: ["cc_6_7"],
  },
  params: { warnDays: 60 },
  judge({ name, attributes: certificate }, { now, params }) {
    const { notAfter, status, source, inUse, primaryDomain } = certificate;
    if (notAfter === null) return null;
    if (status !== null && status !== "ISSUED" && status !== "EXPIRED") return { status: "pass" };
    const days = daysUntil(notAfter, now);
    if (days > params.warnDays || (days > managedRenewalDays && renewsItself(certificate))) return { status: "pass" };
    const domain = primaryDomain ?? name;
    return {
      status: "fail",
      severity: severityOf(days, inUse),
      summary: `The TLS certificate for ${domain} ends on ${notAfter.slice(0, 10)}.`,
      details: { domain, notAfter, source, inUse },
      evidence: [
        source === "acm"
          ? { call: "acm:ListCertificates", field: "NotAfter", value: notAfter }
          : { call: "iam:ListServerCertificates", field: "Expiration", value: notAfter },
      ],
    };
  },
  atRead({ notAfter }, now) {
    return { daysUntilExpiry: daysUntil(String(notAfter), now) };
  },
};

const daysUntil = (date: string, now: Date): number => Math.floor((Date.parse(date) - now.getTime()) / dayMs);

const renewsItself = ({ type, renewalEligibility }: CertificateFacts): boolean =>
  type === "AMAZON_ISSUED" && renewalEligibility === "ELIGIBLE";

const oneLower = { critical: "high", high: "medium", medium: "low", low: "low" } as const;

function severityOf(days: number, inUse: boolean | null): Severity {
  if (days < 0 && inUse === true) return "critical";
  const severity = days <= 14 ? "high" : days <= 30 ? "medium" : "low";
  return inUse === false ? oneLower[severity] : severity;
}

export function examples(): Examples<"acm.certificates" | "iam.serverCertificates", Params> {
  const end = Date.parse("2026-07-01T00:00:00.000Z");
  const before = (days: number, ms = 0): Date => new Date(end - days * dayMs - ms);
  const certificate = (
    attributes: Partial<FoundBy<"acm.certificates">["attributes"]>,
  ): FoundBy<"acm.certificates"> => ({
    nativeId: "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d",
    arn: "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d",
    name: "www.example.com",
    state: "ISSUED",
    tags: {},
    createdAt: "2025-06-01T00:00:00.000Z",
    expiresAt: "2026-07-01T00:00:00.000Z",
    attributes: {
      primaryDomain: "www.example.com",
      altNames: ["www.example.com"],
      hasMoreAltNames: false,
      notBefore: "2025-06-01T00:00:00.000Z",
      notAfter: "2026-07-01T00:00:00.000Z",
      issuer: "Amazon",
      algorithm: "RSA_2048",
      source: "acm",
      inUse: true,
      type: "AMAZON_ISSUED",
      status: "ISSUED",
      renewalEligibility: "INELIGIBLE",
      ...attributes,
    },
    observed: { upkeep: null },
  });
  const uploaded = (notAfter: string | null): FoundBy<"iam.serverCertificates"> => ({
    nativeId: "arn:aws:iam::123456789012:server-certificate/www",
    arn: "arn:aws:iam::123456789012:server-certificate/www",
    name: "www",
    state: null,
    tags: {},
    createdAt: "2024-01-01T00:00:00.000Z",
    expiresAt: notAfter,
    region: null,
    attributes: {
      primaryDomain: null,
      altNames: [],
      notBefore: null,
      notAfter,
      issuer: null,
      algorithm: null,
      source: "iam",
      inUse: null,
      type: null,
      status: null,
      renewalEligibility: null,
      certificateId: "ASCAEXAMPLE0000000001",
      path: "/",
    },
  });
  const imported = { type: "IMPORTED", issuer: null };
  const renewing = { renewalEligibility: "ELIGIBLE" };
  return {
    pass: [
      { name: "61 days left", now: before(61), found: certificate({}) },
      { name: "31 days left, renewed by ACM", now: before(31), found: certificate(renewing) },
      { name: "revoked", now: before(1), found: certificate({ status: "REVOKED" }) },
      { name: "uploaded, 61 days left", now: before(61), found: uploaded("2026-07-01T00:00:00.000Z") },
      { name: "a shorter warning", now: before(45), params: { warnDays: 30 }, found: certificate({}) },
    ],
    fail: [
      { name: "60 days left", now: before(60), found: certificate(imported), expect: { severity: "low" } },
      {
        name: "a moment less than 61 days left",
        now: before(61, -1),
        found: certificate({}),
        expect: { severity: "low" },
      },
      {
        name: "30 days left although ACM renews it",
        now: before(30),
        found: certificate(renewing),
        expect: { severity: "medium" },
      },
      { name: "31 days left", now: before(31), found: certificate({}), expect: { severity: "low" } },
      { name: "15 days left", now: before(15), found: certificate({}), expect: { severity: "medium" } },
      { name: "14 days left", now: before(14), found: certificate({}), expect: { severity: "high" } },
      {
        name: "14 days left, unused",
        now: before(14),
        found: certificate({ inUse: false }),
        expect: { severity: "medium" },
      },
      {
        name: "60 days left, unused",
        now: before(60),
        found: certificate({ inUse: false }),
        expect: { severity: "low" },
      },
      { name: "ends this second", now: before(0), found: certificate({}), expect: { severity: "high" } },
      {
        name: "ended",
        now: before(0, -1),
        found: certificate({ status: "EXPIRED" }),
        expect: { severity: "critical" },
      },
      { name: "ended, unused", now: before(-9), found: certificate({ inUse: false }), expect: { severity: "medium" } },
      {
        name: "uploaded, ended",
        now: before(-1),
        found: uploaded("2026-07-01T00:00:00.000Z"),
        expect: { severity: "high", details: { domain: "www", source: "iam", notAfter: "2026-07-01T00:00:00.000Z" } },
      },
    ],
    notApplicable: [
      {
        name: "not issued yet",
        now: before(1),
        found: certificate({ notAfter: null, notBefore: null, status: "PENDING_VALIDATION" }),
      },
    ],
  };
}
