import type { FoundBy } from "#collectors/registry";
import type { Check, Examples } from "#checks/check";

interface Params {
  /** Key algorithms in ACM's spelling. */
  readonly weak: readonly string[];
}

export const check: Check<"acm.certificates", Params> = {
  id: "acm_weak_key",
  title: "A TLS certificate has too small a key",
  severity: "medium",
  category: "security",
  domain: "encryption",
  effort: "low",
  confidence: 1,
  drift: false,
  resources: ["acm.certificates"],
  rationale: "Keys of this size are within reach of a determined attacker, and up-to-date clients turn them down.",
  remediation: "Get a certificate with RSA 2048 or ECDSA P-256 and put it on the listeners in place of this one.",
  controls: {
    aws_fsbp: ["ACM.2"],
    "pci_dss_4.0": ["3.7.1"],
  },
  params: { weak: ["RSA_1024", "EC_prime192v1"] },
  judge({ attributes: { algorithm, status, primaryDomain } }, { params }) {
    if (status !== "ISSUED") return { status: "pass" };
    if (algorithm === null)
      return { status: "unknown", reason: "acm:ListCertificates does not name the key algorithm" };
    if (!params.weak.includes(algorithm)) return { status: "pass" };
    return {
      status: "fail",
      summary: `The certificate for ${primaryDomain} has an ${algorithm} key.`,
      details: { domain: primaryDomain, algorithm },
      evidence: [{ call: "acm:ListCertificates", field: "KeyAlgorithm", value: algorithm }],
    };
  },
};

export function examples(): Examples<"acm.certificates", Params> {
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
  return {
    pass: [
      { name: "RSA 2048", found: certificate({}) },
      { name: "weak but never issued", found: certificate({ algorithm: "RSA_1024", status: "VALIDATION_TIMED_OUT" }) },
    ],
    fail: [
      {
        name: "RSA 1024",
        found: certificate({ algorithm: "RSA_1024" }),
        expect: { details: { algorithm: "RSA_1024" } },
      },
      { name: "P-192", found: certificate({ algorithm: "EC_prime192v1" }) },
      { name: "a stricter list", params: { weak: ["RSA_2048"] }, found: certificate({}) },
    ],
    unknown: [{ name: "no algorithm named", found: certificate({ algorithm: null }) }],
  };
}
