import type { PolicyStatement } from "#collectors/policy";
import type { About, Check, Examples } from "#checks/check";
import { exampleBucket } from "./examples.ts";

interface Params {
  /** `trail_buckets`: only those CloudTrail may write to. */
  readonly scope: "trail_buckets" | "all";
}

export const check: Check<"s3.buckets", Params> = {
  id: "s3_bucket_mfa_delete_off",
  severity: "low",
  category: "compliance",
  domain: "resilience",
  effort: "high",
  confidence: 1,
  drift: true,
  resources: ["s3.buckets"],
  decisive: [],
  params: { scope: "trail_buckets" },
  judge({ name, nativeId, attributes: { policy, mfaDelete, versioning } }, { params }) {
    if (params.scope === "trail_buckets") {
      if (policy === undefined) return { status: "unknown", reason: "s3:GetBucketPolicy could not be read" };
      if (!policy?.some(letsCloudTrailWrite)) return null;
    }
    if (mfaDelete === undefined) return { status: "unknown", reason: "s3:GetBucketVersioning could not be read" };
    if (mfaDelete) return { status: "pass" };
    return {
      status: "fail",
      summary: `MFA delete is not enabled on bucket ${name ?? nativeId}.`,
      details: { mfaDelete, versioning: versioning ?? null },
      evidence: [{ call: "s3:GetBucketVersioning", field: "MFADelete", value: mfaDelete }],
    };
  },
};

/** CloudTrail delivers only where the policy lets it put objects, so the policy tells a trail's bucket. */
const letsCloudTrailWrite = (statement: PolicyStatement): boolean =>
  statement.effect === "Allow" &&
  Object.values(statement.principals).some((names) => names.includes("cloudtrail.amazonaws.com")) &&
  statement.actions.some((action) => ["s3:putobject", "s3:put*", "s3:*", "*"].includes(action.toLowerCase()));

export const about: About = {
  title: "Object versions can be erased without a second factor",
  rationale: "A stolen access key is enough to erase every version of an object, audit logs included.",
  remediation:
    "Turn on MFA delete for the bucket, which only the root user can do. Where programs must be able to write, Object Lock in compliance mode gives the same assurance.",
  controls: {
    "cis_aws_3.0": ["2.1.2"],
    "cis_aws_5.0": ["2.1.2"],
    aws_fsbp: ["S3.20"],
    "pci_dss_4.0": ["3.5.1.3", "8.4.1", "8.4.2", "8.4.3", "10.3.2", "A1.1.2", "A3.4.1"],
    "cis_aws_4.0": ["2.1.2"],
    "cis_aws_6.0": ["3.1.2"],
    "cis_aws_7.0": ["3.1.2"],
  },
};

export const examples = (): Examples<"s3.buckets", Params> => {
  const delivery: PolicyStatement = {
    sid: null,
    effect: "Allow",
    principals: { Service: ["cloudtrail.amazonaws.com"] },
    notPrincipals: {},
    actions: ["s3:PutObject"],
    notActions: [],
    resources: ["arn:aws:s3:::acme-data/AWSLogs/111122223333/*"],
    notResources: [],
    conditions: [],
  };
  return {
    pass: [
      { name: "a trail's bucket with MFA delete", found: exampleBucket({ policy: [delivery], mfaDelete: true }) },
      { name: "any bucket with MFA delete", found: exampleBucket({ mfaDelete: true }), params: { scope: "all" } },
    ],
    fail: [
      {
        name: "a trail's bucket without",
        found: exampleBucket({ policy: [delivery], mfaDelete: false, versioning: "Enabled" }),
        expect: { severity: "low", details: { versioning: "Enabled" } },
      },
      {
        name: "any bucket without, asked for all",
        found: exampleBucket({ policy: undefined }),
        params: { scope: "all" },
      },
    ],
    unknown: [
      { name: "it cannot be told whether a trail writes here", found: exampleBucket({ policy: undefined }) },
      { name: "versioning is denied", found: exampleBucket({ policy: [delivery], mfaDelete: undefined }) },
    ],
    notApplicable: [
      { name: "no trail's bucket: no policy", found: exampleBucket({ policy: null }) },
      {
        name: "no trail's bucket: CloudTrail may only look",
        found: exampleBucket({ policy: [{ ...delivery, actions: ["s3:GetBucketAcl"] }] }),
      },
      {
        name: "no trail's bucket: CloudTrail is refused",
        found: exampleBucket({ policy: [{ ...delivery, effect: "Deny" }] }),
      },
    ],
  };
};
