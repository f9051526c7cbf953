import type { Upkeep } from "#collectors/acm/certificates";
import type { FoundBy } from "#collectors/registry";
import type { About, Check, Examples } from "#checks/check";
import { exampleCertificate } from "./examples.ts";

interface Params {
  /** How long a new certificate may wait for its validation. */
  readonly pendingHours: number;
}

const hourMs = 3_600_000;

export const check: Check<"acm.certificates", Params> = {
  id: "acm_renewal_failed",
  severity: "high",
  category: "reliability",
  domain: "secrets_lifecycle",
  effort: "low",
  confidence: 1,
  drift: false,
  resources: ["acm.certificates"],
  decisive: [],
  params: { pendingHours: 24 },
  judge(found, { now, params }) {
    const { primaryDomain: domain, status, type, inUse } = found.attributes;
    if (type === "IMPORTED") return null;
    const upkeep = found.observed?.upkeep;
    const trouble = issuing(found, now, params) ?? renewing(upkeep);
    if (trouble === null && upkeep === undefined) {
      return { status: "unknown", reason: "acm:DescribeCertificate could not be read" };
    }
    if (trouble === null) return { status: "pass" };
    const renewalStatus = upkeep?.renewalStatus ?? null;
    return {
      status: "fail",
      ...(inUse === false && { severity: "low", exposure: "idle" }),
      summary: `The certificate for ${domain} ${trouble}.`,
      details: detailsOf(found, upkeep),
      evidence: [
        { call: "acm:ListCertificates", field: "Status", value: status },
        { call: "acm:DescribeCertificate", field: "RenewalSummary.RenewalStatus", value: renewalStatus },
      ],
    };
  },
};

const detailsOf = ({ attributes, createdAt }: FoundBy<"acm.certificates">, upkeep: Upkeep | null | undefined) => ({
  domain: attributes.primaryDomain,
  certificateStatus: attributes.status,
  renewalStatus: upkeep?.renewalStatus ?? null,
  reason: upkeep?.renewalReason ?? upkeep?.failureReason ?? null,
  pendingDomains: upkeep?.pendingDomains ?? [],
  notAfter: attributes.notAfter,
  requestedAt: createdAt,
});

function issuing({ attributes: { status }, createdAt }: FoundBy<"acm.certificates">, now: Date, params: Params) {
  if (status === "FAILED") return "could not be issued";
  if (status === "VALIDATION_TIMED_OUT") return "was not validated in time";
  const waits = status === "PENDING_VALIDATION" && createdAt !== null;
  return waits && now.getTime() - Date.parse(createdAt) > params.pendingHours * hourMs ? "waits for validation" : null;
}

function renewing(upkeep: Upkeep | null | undefined) {
  if (upkeep?.renewalStatus === "FAILED") return "could not be renewed";
  return upkeep?.renewalStatus === "PENDING_VALIDATION" ? "waits for validation before it can be renewed" : null;
}

export const about: About = {
  title: "ACM cannot issue or renew a certificate",
  rationale:
    "ACM keeps trying, but until the owner of every domain is shown it issues nothing and the old certificate ends.",
  remediation:
    "Put the CNAME record ACM asks for back into the DNS of each domain named here, or answer the validation e-mail.",
  controls: {
    aws_fsbp: ["ACM.1"],
  },
};

export function examples(): Examples<"acm.certificates", Params> {
  const upkeep = (facts: Partial<Upkeep> = {}) => ({
    upkeep: { renewalStatus: null, renewalReason: null, failureReason: null, pendingDomains: [], ...facts },
  });
  const pending = { status: "PENDING_VALIDATION", notAfter: null, notBefore: null, inUse: false };
  const requested = Date.parse("2025-06-01T00:00:00.000Z");
  const after = (ms: number): Date => new Date(requested + ms);
  const now = new Date("2026-06-01T00:00:00.000Z");
  const unread = { upkeep: undefined };
  return {
    pass: [
      { name: "far from its end", now, found: exampleCertificate({}) },
      { name: "renewed", now, found: exampleCertificate({}, upkeep({ renewalStatus: "SUCCESS" })) },
      {
        name: "renewal under way",
        now,
        found: exampleCertificate({}, upkeep({ renewalStatus: "PENDING_AUTO_RENEWAL" })),
      },
      {
        name: "waiting for 24 hours to the second",
        now: after(24 * hourMs),
        found: exampleCertificate(pending, upkeep()),
      },
    ],
    fail: [
      {
        name: "renewal waits for validation",
        now,
        found: exampleCertificate(
          {},
          upkeep({ renewalStatus: "PENDING_VALIDATION", pendingDomains: ["www.example.com"] }),
        ),
        expect: {
          severity: "high",
          details: { pendingDomains: ["www.example.com"], renewalStatus: "PENDING_VALIDATION" },
        },
      },
      {
        name: "renewal failed, unused",
        now,
        found: exampleCertificate({ inUse: false }, upkeep({ renewalStatus: "FAILED", renewalReason: "CAA_ERROR" })),
        expect: { severity: "low", exposure: "idle", details: { reason: "CAA_ERROR" } },
      },
      {
        name: "waiting for just over 24 hours",
        now: after(24 * hourMs + 1),
        found: exampleCertificate(pending, upkeep()),
        expect: { severity: "low" },
      },
      { name: "not validated in time", now, found: exampleCertificate({ ...pending, status: "VALIDATION_TIMED_OUT" }) },
      {
        name: "failed, and the reason could not be read",
        now,
        found: exampleCertificate({ ...pending, status: "FAILED" }, unread),
        expect: { details: { certificateStatus: "FAILED", reason: null } },
      },
    ],
    unknown: [{ name: "near its end, description denied", now, found: exampleCertificate({}, unread) }],
    notApplicable: [{ name: "imported", now, found: exampleCertificate({ type: "IMPORTED" }) }],
  };
}
