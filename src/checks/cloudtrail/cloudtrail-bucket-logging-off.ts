import type { About, Check, Examples } from "#checks/check";
import { exampleBucket } from "#checks/s3/examples";
import { exampleTrail } from "./examples.ts";
import { trailBuckets } from "./shared.ts";

export const check: Check<"s3.buckets", object, "cloudtrail.trails"> = {
  id: "cloudtrail_bucket_logging_off",
  severity: "low",
  category: "compliance",
  domain: "logging_detection",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["s3.buckets"],
  reads: ["cloudtrail.trails"],
  condense: {
    "s3.buckets": ({ attributes: { logging } }) => ({ logging }),
    "cloudtrail.trails": ({ attributes: { s3BucketName } }) => ({ s3BucketName }),
  },
  decisive: [],
  params: {},
  judge({ name, attributes: { logging } }, context) {
    if (name === null || !trailBuckets(context.others("cloudtrail.trails")).has(name)) return null;
    if (logging === undefined) return { status: "unknown", reason: "s3:GetBucketLogging could not be read" };
    if (logging !== null) return { status: "pass" };
    return {
      status: "fail",
      summary: `Bucket ${name} holds CloudTrail's files, and access to it is not logged.`,
      details: { logging },
      evidence: [{ call: "s3:GetBucketLogging", field: "LoggingEnabled", value: logging }],
    };
  },
};

export const about: About = {
  title: "Requests to a trail's bucket are not logged",
  rationale: "Somebody could read the audit log, or delete part of it, and leave no trace.",
  remediation: "Turn on server access logging for the bucket, into another bucket.",
  controls: {
    "cis_aws_3.0": ["3.4"],
    "cis_aws_5.0": ["3.4"],
    aws_fsbp: ["CloudTrail.7"],
    soc2: ["cc_a_1_1"],
    iso_27001_2022: ["A.8.15", "A.8.16"],
    gdpr: ["article_25"],
    "cis_aws_6.0": ["4.4"],
    "cis_aws_7.0": ["4.4"],
  },
};

export const examples = (): Examples<"s3.buckets"> => {
  const others = { "cloudtrail.trails": [exampleTrail()] };
  const bucket = (logging: Parameters<typeof exampleBucket>[0]["logging"], name = "acme-trail") =>
    exampleBucket({ logging }, { name });
  return {
    pass: [{ name: "logged", found: bucket({ targetBucket: "acme-logs", targetPrefix: "" }), others }],
    fail: [{ name: "not logged", found: bucket(null), others, expect: { severity: "low" } }],
    unknown: [{ name: "denied", found: bucket(undefined), others }],
    notApplicable: [
      { name: "no trail writes to it", found: bucket(null, "acme-web"), others },
      { name: "there is no trail", found: bucket(null) },
    ],
  };
};
