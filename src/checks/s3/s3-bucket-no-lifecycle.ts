import type { About, Check, Examples } from "#checks/check";
import type { LifecycleRule } from "#collectors/s3/buckets";
import { exampleBucket } from "./examples.ts";

export const check: Check<"s3.buckets"> = {
  id: "s3_bucket_no_lifecycle",
  severity: "low",
  category: "cost",
  domain: "cost",
  effort: "low",
  confidence: 0.6,
  drift: false,
  resources: ["s3.buckets"],
  decisive: ["missing"],
  params: {},
  judge({ name, nativeId, attributes: { lifecycle, versioning } }) {
    if (lifecycle === undefined) {
      return { status: "unknown", reason: "s3:GetBucketLifecycleConfiguration could not be read" };
    }
    const rules = (lifecycle ?? []).filter((rule) => rule.isEnabled);
    const missing = missingIn(rules, versioning);
    if (missing.length === 0) {
      if (versioning !== undefined || rules.some(endsVersions)) return { status: "pass" };
      return { status: "unknown", reason: "s3:GetBucketVersioning could not be read" };
    }
    return {
      status: "fail",
      summary: `Bucket ${name ?? nativeId} has no active lifecycle rule${rules.length === 0 ? "" : ` for ${missing.map((one) => words[one]).join(", and none for ")}`}.`,
      details: { missing, versioning: versioning ?? null },
      evidence: [
        { call: "s3:GetBucketLifecycleConfiguration", field: "Rules", value: lifecycle },
        { call: "s3:GetBucketVersioning", field: "Status", value: versioning ?? null },
      ],
    };
  },
};

const words = { rules: "anything", uploads: "unfinished uploads", versions: "earlier versions" };

const endsVersions = (rule: LifecycleRule): boolean => rule.noncurrentExpirationDays !== null || rule.movesNoncurrent;

function missingIn(rules: readonly LifecycleRule[], versioning: string | null | undefined): (keyof typeof words)[] {
  if (rules.length === 0) return ["rules"];
  return [
    ...(rules.some((rule) => rule.abortUploadDays !== null) ? [] : ["uploads" as const]),
    ...(versioning !== "Enabled" || rules.some(endsVersions) ? [] : ["versions" as const]),
  ];
}

export const about: About = {
  title: "What nobody sees in the bucket is never cleaned up",
  rationale:
    "Parts of broken uploads and overwritten versions of objects are charged in full, though no list of the bucket names them.",
  remediation:
    "Add a lifecycle rule for the whole bucket: parts of uploads go after a week, earlier versions after one to three months, and what is seldom read moves to a cheaper class.",
  controls: {
    aws_fsbp: ["S3.10", "S3.13"],
    iso_27001_2022: ["A.8.10"],
    "pci_dss_4.0": ["3.2.1", "3.3.1.1", "3.3.1.3", "3.3.2", "3.3.3", "10.5.1"],
  },
};

export const examples = (): Examples<"s3.buckets"> => {
  const rule = (more: Partial<LifecycleRule> = {}): LifecycleRule => ({
    id: "tidy",
    isEnabled: true,
    abortUploadDays: 7,
    noncurrentExpirationDays: 30,
    movesNoncurrent: false,
    ...more,
  });
  const bucket = (versioning: string | null | undefined, ...lifecycle: readonly LifecycleRule[]) =>
    exampleBucket({ versioning, lifecycle });
  const uploadsOnly = rule({ noncurrentExpirationDays: null });
  return {
    pass: [
      { name: "uploads and versions", found: bucket("Enabled", rule()) },
      {
        name: "in two rules, versions are moved",
        found: bucket(
          "Enabled",
          uploadsOnly,
          rule({ abortUploadDays: null, noncurrentExpirationDays: null, movesNoncurrent: true }),
        ),
      },
      { name: "uploads, there are no versions", found: bucket(null, uploadsOnly) },
      { name: "uploads, versions no longer come", found: bucket("Suspended", uploadsOnly) },
      { name: "both, whatever versioning is", found: bucket(undefined, rule()) },
    ],
    fail: [
      { name: "none", found: exampleBucket({ lifecycle: null }), expect: { details: { missing: ["rules"] } } },
      {
        name: "none is active",
        found: bucket("Enabled", rule({ isEnabled: false })),
        expect: { details: { missing: ["rules"] } },
      },
      {
        name: "uploads are left",
        found: bucket("Enabled", rule({ abortUploadDays: null })),
        expect: { details: { missing: ["uploads"] } },
      },
      {
        name: "versions are left",
        found: bucket("Enabled", uploadsOnly),
        expect: { details: { missing: ["versions"] } },
      },
      {
        name: "both are left",
        found: bucket("Enabled", rule({ abortUploadDays: null, noncurrentExpirationDays: null })),
        expect: { details: { missing: ["uploads", "versions"] } },
      },
    ],
    unknown: [
      { name: "denied", found: exampleBucket({ lifecycle: undefined }) },
      { name: "versions are left, if there are any", found: bucket(undefined, uploadsOnly) },
    ],
  };
};
