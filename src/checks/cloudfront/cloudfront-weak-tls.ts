import type { About, Check, Examples } from "#checks/check";
import { exampleDistribution, exampleServer } from "./examples.ts";
import { exposureOf, listedEvidence } from "./shared.ts";

interface Params {
  /** Security policies of viewers that leave out everything before TLS 1.2. */
  readonly allowed: readonly string[];
}

const outdated: ReadonlySet<string> = new Set(["SSLv3", "TLSv1", "TLSv1.1"]);

export const check: Check<"cloudfront.distributions", Params> = {
  id: "cloudfront_weak_tls",
  severity: "medium",
  category: "security",
  domain: "encryption",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["cloudfront.distributions"],
  decisive: ["minimumProtocolVersion", "origins"],
  params: { allowed: ["TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"] },
  judge({ name, nativeId, attributes: distribution }, { params }) {
    const { usesDefaultCertificate, minimumProtocolVersion } = distribution;
    // Of CloudFront's own certificate nobody can choose the policy.
    const isChosen = usesDefaultCertificate !== true;
    const isWeak = isChosen && minimumProtocolVersion !== null && !params.allowed.includes(minimumProtocolVersion);
    // What is asked over HTTP only lists versions all the same.
    const origins = distribution.origins.filter(
      ({ protocolPolicy, sslProtocols }) =>
        protocolPolicy !== "http-only" && sslProtocols.some((protocol) => outdated.has(protocol)),
    );
    if (!isWeak && origins.length === 0) {
      return isChosen && minimumProtocolVersion === null
        ? { status: "unknown", reason: "cloudfront:ListDistributions did not give the minimum protocol version" }
        : { status: "pass" };
    }
    const sides = [
      ...(isWeak ? [`viewers (${minimumProtocolVersion})`] : []),
      ...origins.map(({ domainName }) => domainName),
    ];
    return {
      status: "fail",
      severity: isWeak ? "medium" : "low",
      exposure: exposureOf(distribution),
      summary: `Distribution ${name ?? nativeId} speaks outdated TLS with ${sides.join(", ")}.`,
      details: {
        reasons: [...(isWeak ? ["viewer"] : []), ...(origins.length > 0 ? ["origin"] : [])],
        minimumProtocolVersion,
        origins: origins.map(({ id }) => id),
      },
      evidence: [
        listedEvidence("ViewerCertificate.MinimumProtocolVersion", minimumProtocolVersion),
        ...origins.map(({ sslProtocols }) =>
          listedEvidence("Origins.Items[].CustomOriginConfig.OriginSslProtocols.Items[]", sslProtocols),
        ),
      ],
    };
  },
};

export const about: About = {
  title: "The distribution still takes old versions of TLS",
  rationale:
    "The versions before TLS 1.2 have known weaknesses, and auditors count a site that still offers them as badly encrypted.",
  remediation:
    "Choose the newest security policy your visitors can do with, TLSv1.2_2021 at the least. Towards origins allow TLS 1.2 alone.",
  controls: {
    aws_fsbp: ["CloudFront.10", "CloudFront.15"],
    "pci_dss_4.0": ["1.2.5", "2.2.5", "2.2.7", "4.2.1", "4.2.1.1", "8.3.2"],
  },
};

export const examples = (): Examples<"cloudfront.distributions", Params> => {
  const from = (...sslProtocols: readonly string[]) =>
    exampleDistribution({ origins: [exampleServer({ sslProtocols })] });
  return {
    pass: [
      { name: "TLS 1.2", found: from("TLSv1.2") },
      {
        name: "CloudFront's own certificate",
        found: exampleDistribution({ usesDefaultCertificate: true, minimumProtocolVersion: "TLSv1" }),
      },
      {
        name: "an origin over HTTP",
        found: exampleDistribution({
          origins: [exampleServer({ protocolPolicy: "http-only", sslProtocols: ["SSLv3", "TLSv1"] })],
        }),
      },
    ],
    fail: [
      {
        name: "TLS 1.1 with viewers",
        found: exampleDistribution({ minimumProtocolVersion: "TLSv1.1_2016" }),
        expect: { severity: "medium", exposure: "internet", details: { reasons: ["viewer"], origins: [] } },
      },
      {
        name: "TLS 1.1 with the origin",
        found: from("TLSv1.1", "TLSv1.2"),
        expect: { severity: "low", details: { reasons: ["origin"], origins: ["app"] } },
      },
      {
        name: "both",
        found: exampleDistribution({
          minimumProtocolVersion: "TLSv1",
          usesDefaultCertificate: null,
          origins: [exampleServer({ sslProtocols: ["SSLv3"] })],
        }),
        expect: { severity: "medium", details: { reasons: ["viewer", "origin"] } },
      },
      {
        name: "a stricter list",
        found: exampleDistribution(),
        params: { allowed: ["TLSv1.3_2025"] },
        expect: { severity: "medium" },
      },
    ],
    unknown: [{ name: "AWS does not say", found: exampleDistribution({ minimumProtocolVersion: null }) }],
  };
};
