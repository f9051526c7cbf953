import type { CertificateFacts } from "#collectors/shapes";
import type { About, Check, Examples, Severity } from "#checks/check";
import { dayMs, daysUntil } from "#checks/days";
import { exampleServerCertificate } from "#checks/iam/examples";
import { exampleCertificate } from "./examples.ts";

interface Params {
  readonly warnDays: number;
}

/** ACM begins to renew 60 days before the end; what it has not renewed 30 days before needs a person. */
const managedRenewalDays = 30;

export const check: Check<"acm.certificates" | "iam.serverCertificates", Params> = {
  id: "ssl_expiry",
  severity: "high",
  category: "reliability",
  domain: "secrets_lifecycle",
  effort: "low",
  confidence: 1,
  drift: false,
  resources: ["acm.certificates", "iam.serverCertificates"],
  decisive: ["notAfter"],
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
      ...(inUse === false && { exposure: "idle" }),
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

const renewsItself = ({ type, renewalEligibility }: CertificateFacts): boolean =>
  type === "AMAZON_ISSUED" && renewalEligibility === "ELIGIBLE";

const oneLower = { critical: "high", high: "medium", medium: "low", low: "low" } as const;

function severityOf(days: number, inUse: boolean | null): Severity {
  if (days < 0 && inUse === true) return "critical";
  const severity = days <= 14 ? "high" : days <= 30 ? "medium" : "low";
  return inUse === false ? oneLower[severity] : severity;
}

export const about: About = {
  title: "A TLS certificate nears its end",
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
};

export function examples(): Examples<"acm.certificates" | "iam.serverCertificates", Params> {
  const end = Date.parse("2026-07-01T00:00:00.000Z");
  const before = (days: number, ms = 0): Date => new Date(end - days * dayMs - ms);
  const imported = { type: "IMPORTED", issuer: null };
  const renewing = { renewalEligibility: "ELIGIBLE" };
  return {
    pass: [
      { name: "61 days left", now: before(61), found: exampleCertificate({}) },
      { name: "31 days left, renewed by ACM", now: before(31), found: exampleCertificate(renewing) },
      { name: "revoked", now: before(1), found: exampleCertificate({ status: "REVOKED" }) },
      { name: "uploaded, 61 days left", now: before(61), found: exampleServerCertificate("2026-07-01T00:00:00.000Z") },
      { name: "a shorter warning", now: before(45), params: { warnDays: 30 }, found: exampleCertificate({}) },
    ],
    fail: [
      { name: "60 days left", now: before(60), found: exampleCertificate(imported), expect: { severity: "low" } },
      {
        name: "a moment less than 61 days left",
        now: before(61, -1),
        found: exampleCertificate({}),
        expect: { severity: "low" },
      },
      {
        name: "30 days left although ACM renews it",
        now: before(30),
        found: exampleCertificate(renewing),
        expect: { severity: "medium" },
      },
      { name: "31 days left", now: before(31), found: exampleCertificate({}), expect: { severity: "low" } },
      { name: "15 days left", now: before(15), found: exampleCertificate({}), expect: { severity: "medium" } },
      { name: "14 days left", now: before(14), found: exampleCertificate({}), expect: { severity: "high" } },
      {
        name: "14 days left, unused",
        now: before(14),
        found: exampleCertificate({ inUse: false }),
        expect: { severity: "medium", exposure: "idle" },
      },
      {
        name: "60 days left, unused",
        now: before(60),
        found: exampleCertificate({ inUse: false }),
        expect: { severity: "low" },
      },
      { name: "ends this second", now: before(0), found: exampleCertificate({}), expect: { severity: "high" } },
      {
        name: "ended",
        now: before(0, -1),
        found: exampleCertificate({ status: "EXPIRED" }),
        expect: { severity: "critical" },
      },
      {
        name: "ended, unused",
        now: before(-9),
        found: exampleCertificate({ inUse: false }),
        expect: { severity: "medium" },
      },
      {
        name: "uploaded, ended",
        now: before(-1),
        found: exampleServerCertificate("2026-07-01T00:00:00.000Z"),
        expect: { severity: "high", details: { domain: "www", source: "iam", notAfter: "2026-07-01T00:00:00.000Z" } },
      },
    ],
    notApplicable: [
      {
        name: "not issued yet",
        now: before(1),
        found: exampleCertificate({ notAfter: null, notBefore: null, status: "PENDING_VALIDATION" }),
      },
    ],
  };
}
