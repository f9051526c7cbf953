import type { About, Check, Examples } from "#checks/check";
import { exampleCertificate } from "./examples.ts";

interface Params {
  /** Key algorithms in ACM's spelling. */
  readonly weak: readonly string[];
}

export const check: Check<"acm.certificates", Params> = {
  id: "acm_weak_key",
  severity: "medium",
  category: "security",
  domain: "encryption",
  effort: "low",
  confidence: 1,
  drift: false,
  resources: ["acm.certificates"],
  decisive: ["algorithm"],
  params: { weak: ["RSA_1024", "EC_prime192v1"] },
  judge({ attributes: { algorithm, status, primaryDomain, inUse } }, { params }) {
    if (status !== "ISSUED") return { status: "pass" };
    if (algorithm === null)
      return { status: "unknown", reason: "acm:ListCertificates does not name the key algorithm" };
    if (!params.weak.includes(algorithm)) return { status: "pass" };
    return {
      status: "fail",
      ...(inUse === false && { exposure: "idle" }),
      summary: `The certificate for ${primaryDomain} has an ${algorithm} key.`,
      details: { domain: primaryDomain, algorithm },
      evidence: [{ call: "acm:ListCertificates", field: "KeyAlgorithm", value: algorithm }],
    };
  },
};

export const about: About = {
  title: "A TLS certificate has too small a key",
  rationale: "Keys of this size are within reach of a determined attacker, and up-to-date clients turn them down.",
  remediation: "Get a certificate with RSA 2048 or ECDSA P-256 and put it on the listeners in place of this one.",
  controls: {
    aws_fsbp: ["ACM.2"],
    "pci_dss_4.0": ["3.7.1"],
  },
};

export function examples(): Examples<"acm.certificates", Params> {
  return {
    pass: [
      { name: "RSA 2048", found: exampleCertificate({}) },
      {
        name: "weak but never issued",
        found: exampleCertificate({ algorithm: "RSA_1024", status: "VALIDATION_TIMED_OUT" }),
      },
    ],
    fail: [
      {
        name: "RSA 1024",
        found: exampleCertificate({ algorithm: "RSA_1024" }),
        expect: { details: { algorithm: "RSA_1024" } },
      },
      {
        name: "P-192, unused",
        found: exampleCertificate({ algorithm: "EC_prime192v1", inUse: false }),
        expect: { exposure: "idle" },
      },
      { name: "a stricter list", params: { weak: ["RSA_2048"] }, found: exampleCertificate({}) },
    ],
    unknown: [{ name: "no algorithm named", found: exampleCertificate({ algorithm: null }) }],
  };
}
