import type { About, Check, Examples } from "#checks/check";
import { exampleBucket } from "./examples.ts";

interface Params {
  /** `tagged`: only buckets whose tag says that they hold sensitive data. */
  readonly scope: "tagged" | "all";
  readonly tagKey: string;
  readonly values: readonly string[];
}

export const check: Check<"s3.buckets", Params> = {
  id: "s3_bucket_no_kms",
  severity: "low",
  category: "compliance",
  domain: "encryption",
  effort: "medium",
  confidence: 1,
  drift: true,
  resources: ["s3.buckets"],
  decisive: ["algorithms"],
  params: { scope: "tagged", tagKey: "data-classification", values: ["confidential", "restricted", "pii"] },
  judge({ name, nativeId, tags, attributes: { encryption, tagCount } }, { params }) {
    if (params.scope === "tagged") {
      if (tagCount === undefined) return { status: "unknown", reason: "s3:GetBucketTagging could not be read" };
      if (!isSensitive(tags, params)) return null;
    }
    if (encryption === undefined) return { status: "unknown", reason: "s3:GetBucketEncryption could not be read" };
    const algorithms = (encryption ?? []).map((rule) => rule.algorithm).filter((algorithm) => algorithm !== null);
    if (algorithms.some((algorithm) => algorithm.startsWith("aws:kms"))) return { status: "pass" };
    const none = algorithms.length === 0;
    return {
      status: "fail",
      severity: none ? "high" : "low",
      summary: none
        ? `Bucket ${name ?? nativeId} has no default encryption.`
        : `Bucket ${name ?? nativeId} encrypts by default with ${algorithms.join(", ")}, not under a KMS key.`,
      details: { algorithms },
      variants: none ? ["noDefault"] : [],
      evidence: [
        { call: "s3:GetBucketEncryption", field: "ServerSideEncryptionConfiguration.Rules", value: encryption },
      ],
    };
  },
};

function isSensitive(tags: Readonly<Record<string, string>>, { tagKey, values }: Params): boolean {
  const sensitive = new Set(values.map((value) => value.toLowerCase()));
  return Object.entries(tags).some(([key, value]) => key === tagKey && sensitive.has(value.toLowerCase()));
}

export const about: About = {
  title: "Sensitive data is not encrypted under a KMS key",
  rationale:
    "Keys that S3 manages open for whoever may read the object. A KMS key has a policy of its own, records each use and can be disabled.",
  remediation:
    "Make SSE-KMS with a key of your own the bucket's default encryption and turn on bucket keys, which cut the number of KMS requests.",
  controls: {
    aws_fsbp: ["S3.17"],
    iso_27001_2022: ["A.8.11", "A.8.24"],
    "pci_dss_4.0": ["3.5.1", "8.3.2"],
    soc2: ["pi_1_4"],
  },
  variants: {
    /** Nothing is encrypted unless who writes it asks for it. */
    noDefault: {
      gdpr: ["article_32"],
      hipaa: ["164_308_a_1_ii_b", "164_308_a_4_ii_a", "164_312_a_2_iv", "164_312_c_1", "164_312_c_2", "164_312_e_2_ii"],
      nist_800_53_r5: [
        "au_9_3",
        "cm_6_a",
        "cm_9_b",
        "cp_9_8",
        "cp_9_d",
        "pm_11_b",
        "sc_8_3",
        "sc_8_4",
        "sc_13_a",
        "sc_16_1",
        "sc_28_1",
        "si_19_4",
      ],
    },
  },
};

export const examples = (): Examples<"s3.buckets", Params> => {
  const rule = (algorithm: string) => ({ encryption: [{ algorithm, kmsKeyId: null, bucketKeyEnabled: true }] });
  const sensitive = { tags: { "data-classification": "Confidential" } };
  const all = { scope: "all" } as const;
  return {
    pass: [
      { name: "sensitive, KMS", found: exampleBucket(rule("aws:kms"), sensitive) },
      { name: "sensitive, KMS in two layers", found: exampleBucket(rule("aws:kms:dsse"), sensitive) },
    ],
    fail: [
      {
        name: "sensitive, S3-managed keys",
        found: exampleBucket(rule("AES256"), sensitive),
        expect: { severity: "low", variants: [], details: { algorithms: ["AES256"] } },
      },
      {
        name: "any bucket, asked for all",
        found: exampleBucket({ ...rule("AES256"), tagCount: undefined }),
        params: all,
      },
      {
        name: "no default encryption",
        found: exampleBucket({ encryption: null }, sensitive),
        expect: { severity: "high", variants: ["noDefault"] },
      },
    ],
    unknown: [
      { name: "tags are denied", found: exampleBucket({ tagCount: undefined }) },
      { name: "encryption is denied", found: exampleBucket({ encryption: undefined }, sensitive) },
    ],
    notApplicable: [
      { name: "not tagged", found: exampleBucket(rule("AES256")) },
      {
        name: "tagged as harmless",
        found: exampleBucket(rule("AES256"), { tags: { "data-classification": "public" } }),
      },
    ],
  };
};
