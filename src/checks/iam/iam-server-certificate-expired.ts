import type { About, Check, Examples } from "#checks/check";
import { exampleServerCertificate } from "./examples.ts";

export const check: Check<"iam.serverCertificates"> = {
  id: "iam_server_certificate_expired",
  severity: "medium",
  category: "compliance",
  domain: "secrets_lifecycle",
  effort: "low",
  confidence: 1,
  drift: false,
  resources: ["iam.serverCertificates"],
  decisive: ["notAfter"],
  params: {},
  judge({ name, attributes: { notAfter } }, { now }) {
    if (notAfter === null) return { status: "unknown", reason: "iam:ListServerCertificates does not say when it ends" };
    if (Date.parse(notAfter) >= now.getTime()) return { status: "pass" };
    return {
      status: "fail",
      summary: `The IAM server certificate ${name} ended on ${notAfter.slice(0, 10)}.`,
      details: { certificateName: name, notAfter },
      evidence: [{ call: "iam:ListServerCertificates", field: "Expiration", value: notAfter }],
    };
  },
};

export const about: About = {
  title: "IAM stores a certificate that has ended",
  rationale: "Put on a load balancer by mistake, it turns every visitor away with a certificate error.",
  remediation: "Delete it (iam:DeleteServerCertificate) once nothing presents it, and keep new certificates in ACM.",
  controls: {
    aws_fsbp: ["IAM.26"],
    "cis_aws_3.0": ["1.19"],
    "cis_aws_5.0": ["1.18"],
    "cis_aws_6.0": ["2.18"],
    "cis_aws_7.0": ["2.17"],
  },
};

export function examples(): Examples<"iam.serverCertificates"> {
  const now = new Date("2026-06-30T00:00:00.000Z");
  return {
    pass: [
      { name: "ends later", now, found: exampleServerCertificate("2026-07-01T00:00:00.000Z") },
      { name: "ends this second", now, found: exampleServerCertificate("2026-06-30T00:00:00.000Z") },
    ],
    fail: [
      {
        name: "ended a second ago",
        now,
        found: exampleServerCertificate("2026-06-29T23:59:59.000Z"),
        expect: { severity: "medium", details: { certificateName: "www", notAfter: "2026-06-29T23:59:59.000Z" } },
      },
    ],
    unknown: [{ name: "no date", now, found: exampleServerCertificate(null) }],
  };
}
