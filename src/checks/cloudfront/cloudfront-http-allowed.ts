import type { About, Check, Examples } from "#checks/check";
import { exampleDistribution, exampleOrigin, exampleServer } from "./examples.ts";
import { exposureOf, listedEvidence } from "./shared.ts";

export const check: Check<"cloudfront.distributions"> = {
  id: "cloudfront_http_allowed",
  severity: "medium",
  category: "security",
  domain: "encryption",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["cloudfront.distributions"],
  decisive: ["paths", "origins"],
  params: {},
  judge({ name, nativeId, attributes: distribution }) {
    const behaviors = [
      { pathPattern: defaultPath, viewerProtocolPolicy: distribution.viewerProtocolPolicy },
      ...distribution.cacheBehaviors,
    ];
    const paths = behaviors
      .filter(({ viewerProtocolPolicy }) => viewerProtocolPolicy === "allow-all")
      .map(({ pathPattern }) => pathPattern);
    // Where viewers must use HTTPS, what matches them uses it as well.
    const plain = new Set(["http-only", ...(paths.length > 0 ? ["match-viewer"] : [])]);
    const origins = distribution.origins.filter(({ protocolPolicy }) => plain.has(protocolPolicy ?? ""));
    const variants = [...(paths.length > 0 ? ["viewer"] : []), ...(origins.length > 0 ? ["origin"] : [])];
    if (variants.length === 0) {
      return behaviors.some(({ viewerProtocolPolicy }) => viewerProtocolPolicy === null)
        ? { status: "unknown", reason: "cloudfront:ListDistributions did not give a viewer protocol policy" }
        : { status: "pass" };
    }
    const hops = [
      ...(paths.length > 0 ? ["to its visitors"] : []),
      ...(origins.length > 0 ? [`from ${origins.map(({ domainName }) => domainName).join(", ")}`] : []),
    ];
    return {
      status: "fail",
      severity: paths.length > 0 ? "medium" : "low",
      exposure: exposureOf(distribution),
      variants,
      summary: `Distribution ${name ?? nativeId} allows plain HTTP ${hops.join(" and ")}.`,
      details: { reasons: variants, paths, origins: origins.map(({ id }) => id) },
      evidence: [
        ...paths.map((path) =>
          path === defaultPath
            ? listedEvidence("DefaultCacheBehavior.ViewerProtocolPolicy", "allow-all")
            : listedEvidence("CacheBehaviors.Items[].ViewerProtocolPolicy", { [path]: "allow-all" }),
        ),
        ...origins.map(({ protocolPolicy }) =>
          listedEvidence("Origins.Items[].CustomOriginConfig.OriginProtocolPolicy", protocolPolicy),
        ),
      ],
    };
  },
};

/** What no other behavior matches. */
const defaultPath = "default";

export const about: About = {
  title: "The distribution lets content travel unencrypted",
  rationale:
    "Whoever shares the network on the way can read what is sent, change it, or lead the visitor somewhere else.",
  remediation:
    "Let every behavior send HTTP visitors on to HTTPS, and ask origins that can speak HTTPS over nothing else.",
  controls: { "pci_dss_4.0": ["1.2.5", "2.2.5", "2.2.7", "4.2.1", "4.2.1.1", "8.3.2"] },
  variants: {
    viewer: { aws_fsbp: ["CloudFront.3"], gdpr: ["article_32"], hipaa: ["164_308_a_4_ii_a", "164_312_e_1"] },
    origin: { aws_fsbp: ["CloudFront.9"], iso_27001_2022: ["A.8.24"] },
  },
};

export const examples = (): Examples<"cloudfront.distributions"> => {
  const from = (protocolPolicy: string, more: Parameters<typeof exampleDistribution>[0] = {}) =>
    exampleDistribution({ origins: [exampleOrigin(), exampleServer({ protocolPolicy })], ...more });
  const images = { pathPattern: "/images/*", viewerProtocolPolicy: "allow-all" };
  return {
    pass: [
      { name: "redirects", found: exampleDistribution() },
      { name: "HTTPS only", found: exampleDistribution({ viewerProtocolPolicy: "https-only" }) },
      { name: "the origin is asked as the viewer, who must use HTTPS", found: from("match-viewer") },
      { name: "the origin is asked over HTTPS", found: from("https-only") },
    ],
    fail: [
      {
        name: "viewers may use HTTP",
        found: exampleDistribution({ viewerProtocolPolicy: "allow-all" }),
        expect: { severity: "medium", exposure: "internet", variants: ["viewer"], details: { paths: ["default"] } },
      },
      {
        name: "for some paths",
        found: exampleDistribution({ cacheBehaviors: [images] }),
        expect: { severity: "medium", variants: ["viewer"], details: { paths: ["/images/*"] } },
      },
      {
        name: "the origin is asked over HTTP",
        found: from("http-only"),
        expect: { severity: "low", variants: ["origin"], details: { reasons: ["origin"], origins: ["app"] } },
      },
      {
        name: "the origin is asked as the viewer, who may use HTTP",
        found: from("match-viewer", { cacheBehaviors: [images] }),
        expect: { severity: "medium", variants: ["viewer", "origin"] },
      },
      {
        name: "switched off",
        found: exampleDistribution({ viewerProtocolPolicy: "allow-all", enabled: false }),
        expect: { exposure: "idle" },
      },
    ],
    unknown: [{ name: "AWS does not say", found: exampleDistribution({ viewerProtocolPolicy: null }) }],
  };
};
