import type { About, Check, Examples } from "#checks/check";
import { bucketNames } from "#checks/bucket-names";
import { exampleBucket } from "#checks/s3/examples";
import { exampleDistribution, exampleOrigin, exampleServer } from "./examples.ts";
import { exposureOf, listedEvidence } from "./shared.ts";

export const check: Check<"cloudfront.distributions", object, "s3.buckets"> = {
  id: "cloudfront_missing_origin_bucket",
  severity: "high",
  category: "security",
  domain: "network_exposure",
  effort: "low",
  // It may be another account's.
  confidence: 0.6,
  drift: false,
  resources: ["cloudfront.distributions"],
  reads: ["s3.buckets"],
  condense: {
    "cloudfront.distributions": ({ attributes: { enabled, origins } }) => ({ enabled, origins }),
    "s3.buckets": () => ({}),
  },
  decisive: ["buckets"],
  params: {},
  judge({ name, nativeId, attributes: distribution }, context) {
    const origins = distribution.origins.filter(({ bucket }) => bucket !== null);
    if (origins.length === 0) return null;
    const held = bucketNames(context.others("s3.buckets"));
    const missing = origins.filter(({ bucket }) => !held.has(bucket));
    if (missing.length === 0) return { status: "pass" };
    const buckets = [...new Set(missing.map(({ bucket }) => bucket))].toSorted();
    return {
      status: "fail",
      exposure: exposureOf(distribution),
      summary: `Distribution ${name ?? nativeId} serves from ${buckets.join(", ")}, which is no bucket of this account.`,
      details: { buckets, origins: missing.map(({ id }) => id) },
      evidence: [
        ...missing.map(({ domainName }) => listedEvidence("Origins.Items[].DomainName", domainName)),
        { call: "s3:ListBuckets", field: "Buckets[].Name", value: null },
      ],
    };
  },
};

export const about: About = {
  title: "The distribution serves from a bucket the account does not have",
  rationale:
    "If the bucket was deleted, anybody can make one of that name, and from then on it is his content that your domain serves.",
  remediation:
    "Take the origin out, or make the bucket again and let in nobody but the distribution. A bucket that another account of yours holds can be ignored here with that reason.",
  controls: { aws_fsbp: ["CloudFront.12"] },
};

export const examples = (): Examples<"cloudfront.distributions"> => {
  const others = { "s3.buckets": [exampleBucket({}, { name: "acme-site" })] };
  return {
    pass: [{ name: "its bucket is there", found: exampleDistribution(), others }],
    fail: [
      {
        name: "its bucket is not there",
        found: exampleDistribution({ origins: [exampleOrigin(), exampleOrigin({ id: "old", bucket: "acme-old" })] }),
        others,
        expect: { severity: "high", exposure: "internet", details: { buckets: ["acme-old"], origins: ["old"] } },
      },
      {
        name: "no buckets, and switched off",
        found: exampleDistribution({ enabled: false }),
        expect: { exposure: "idle" },
      },
    ],
    notApplicable: [{ name: "no bucket", found: exampleDistribution({ origins: [exampleServer()] }), others }],
  };
};
