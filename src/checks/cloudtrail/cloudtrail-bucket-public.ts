import type { About, Check, Examples } from "#checks/check";
import { exampleStatement } from "#checks/examples";
import { exampleAccount, exampleBucket } from "#checks/s3/examples";
import { check as bucketPublic } from "#checks/s3/s3-bucket-public";
import { exampleTrail } from "./examples.ts";
import { trailBuckets } from "./shared.ts";

/** What makes a bucket public is for the check of buckets to say. */
export const check: Check<"s3.buckets", object, "cloudtrail.trails" | "s3.accountPublicAccessBlocks"> = {
  id: "cloudtrail_bucket_public",
  severity: "critical",
  category: "security",
  domain: "data_protection",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["s3.buckets"],
  reads: ["cloudtrail.trails", "s3.accountPublicAccessBlocks"],
  condense: {
    ...bucketPublic.condense,
    "cloudtrail.trails": ({ attributes: { s3BucketName } }) => ({ s3BucketName }),
  },
  decisive: bucketPublic.decisive,
  params: {},
  judge(found, context) {
    if (!trailBuckets(context.others("cloudtrail.trails")).has(found.name ?? "")) return null;
    const verdict = bucketPublic.judge(found, { ...context, params: bucketPublic.params });
    if (verdict?.status !== "fail") return verdict;
    const { variants: _, ...fail } = verdict;
    return { ...fail, severity: "critical", summary: `CloudTrail's files lie in the open. ${fail.summary}` };
  },
};

export const about: About = {
  title: "Everyone can get at a trail's files",
  rationale:
    "The files name every user, role, address and resource of the account: a map for whoever wants to break in. If they can be changed, they prove nothing.",
  remediation:
    "Switch on Block Public Access for the bucket, take everyone out of its policy and ACL, and keep it in an account for logs alone.",
  controls: { aws_fsbp: ["CloudTrail.6"], iso_27001_2022: ["A.8.1", "A.8.15", "A.8.16"], gdpr: ["article_25"] },
};

export const examples = (): Examples<"s3.buckets"> => {
  const others = { "cloudtrail.trails": [exampleTrail()], "s3.accountPublicAccessBlocks": [exampleAccount(null)] };
  const bucket = (attributes: Parameters<typeof exampleBucket>[0], name = "acme-trail") =>
    exampleBucket({ publicAccessBlock: null, ...attributes }, { name, tags: { "public-ok": "yes" } });
  const open = { groupGrants: [{ group: "AllUsers", permission: "READ" }] };
  return {
    pass: [{ name: "private", found: bucket({}), others }],
    fail: [
      {
        name: "read by ACL, whatever its tag says",
        found: bucket(open),
        others,
        expect: { severity: "critical", exposure: "internet", details: { access: "read", by: ["acl"] } },
      },
      {
        name: "by policy",
        found: bucket({ policyIsPublic: true, policy: [exampleStatement()] }),
        others,
        expect: { severity: "critical", details: { access: "write", by: ["policy"] } },
      },
    ],
    unknown: [{ name: "the ACL is denied", found: bucket({ groupGrants: undefined }), others }],
    notApplicable: [{ name: "no trail writes to it", found: bucket(open, "acme-web"), others }],
  };
};
