import type { About, Check, Examples } from "#checks/check";
import { exampleDistribution, exampleOrigin, exampleServer } from "./examples.ts";
import { listedEvidence } from "./shared.ts";

export const check: Check<"cloudfront.distributions"> = {
  id: "cloudfront_no_waf",
  severity: "low",
  category: "security",
  domain: "network_exposure",
  effort: "medium",
  confidence: 1,
  drift: true,
  resources: ["cloudfront.distributions"],
  decisive: ["hasServer"],
  params: {},
  judge({ name, nativeId, attributes: { enabled, webAclId, origins } }) {
    if (enabled === false) return null;
    if (webAclId !== null && webAclId !== "") return { status: "pass" };
    if (enabled === null)
      return { status: "unknown", reason: "cloudfront:ListDistributions did not say whether it is enabled" };
    const hasServer = origins.some(({ bucket }) => bucket === null);
    return {
      status: "fail",
      severity: hasServer ? "medium" : "low",
      exposure: "internet",
      summary: `No web ACL protects distribution ${name ?? nativeId}.`,
      details: { webAclId: null, hasServer },
      evidence: [
        listedEvidence("WebACLId", null),
        listedEvidence(
          "Origins.Items[].DomainName",
          origins.map(({ domainName }) => domainName),
        ),
      ],
    };
  },
};

export const about: About = {
  title: "No web ACL stands before the distribution",
  rationale:
    "Every probe for holes and every flood of requests that the cache does not answer goes on to the servers behind it.",
  remediation: "Put a web ACL before it: AWS's managed rule groups, and a limit on how often one address may ask.",
  controls: {
    aws_fsbp: ["CloudFront.6"],
    "pci_dss_4.0": ["1.2.8", "1.3.1", "1.3.2", "1.4.2", "1.5.1", "6.4.1", "6.4.2", "A1.1.3"],
  },
};

export const examples = (): Examples<"cloudfront.distributions"> => {
  const bare = (more: Parameters<typeof exampleDistribution>[0] = {}) =>
    exampleDistribution({ webAclId: null, ...more });
  return {
    pass: [
      { name: "protected", found: exampleDistribution() },
      { name: "protected by WAF Classic", found: exampleDistribution({ webAclId: "0a1b2c3d" }) },
    ],
    fail: [
      {
        name: "a bucket only",
        found: bare(),
        expect: { severity: "low", exposure: "internet", details: { hasServer: false } },
      },
      {
        name: "a server as well",
        found: bare({ origins: [exampleOrigin(), exampleServer()] }),
        expect: { severity: "medium", details: { hasServer: true } },
      },
      { name: "an empty name", found: bare({ webAclId: "" }) },
    ],
    unknown: [{ name: "AWS does not say whether it is on", found: bare({ enabled: null }) }],
    notApplicable: [{ name: "switched off", found: bare({ enabled: false }) }],
  };
};
