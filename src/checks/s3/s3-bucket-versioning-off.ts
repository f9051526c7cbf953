import type { About, Check, Examples } from "#checks/check";
import { exampleBucket } from "./examples.ts";

export const check: Check<"s3.buckets"> = {
  id: "s3_bucket_versioning_off",
  severity: "medium",
  category: "reliability",
  domain: "resilience",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["s3.buckets"],
  decisive: [],
  params: {},
  judge({ name, nativeId, attributes: { versioning } }) {
    if (versioning === undefined) return { status: "unknown", reason: "s3:GetBucketVersioning could not be read" };
    if (versioning === "Enabled") return { status: "pass" };
    return {
      status: "fail",
      summary: `Versioning of bucket ${name ?? nativeId} ${versioning === null ? "was never enabled" : "is suspended"}.`,
      details: { versioning },
      evidence: [{ call: "s3:GetBucketVersioning", field: "Status", value: versioning }],
    };
  },
};

export const about: About = {
  title: "The bucket keeps no earlier versions of its objects",
  rationale: "What is overwritten or deleted, by mistake or by an intruder, is gone for good.",
  remediation:
    "Enable versioning, and add a lifecycle rule that removes versions once they are old enough, so that storage does not grow without end.",
  controls: {
    aws_fsbp: ["S3.14"],
    nist_800_53_r5: [
      "au_9_2",
      "cp_1_2",
      "cp_2_5",
      "cp_6_1",
      "cp_6_2",
      "cp_6_a",
      "cp_9_a",
      "cp_9_b",
      "cp_9_c",
      "cp_10",
      "cp_10_2",
      "pm_11_b",
      "pm_17_b",
      "sc_5_2",
      "sc_16_1",
      "si_1_a_2",
      "si_13_5",
    ],
    "pci_dss_4.0": ["10.3.4"],
    soc2: ["cc_7_4", "cc_a_1_1", "cc_c_1_2", "pi_1_5"],
    iso_27001_2022: ["A.8.3", "A.8.10"],
    hipaa: [
      "164_308_a_1_ii_b",
      "164_308_a_7_i",
      "164_308_a_7_ii_a",
      "164_308_a_7_ii_b",
      "164_308_a_7_ii_c",
      "164_312_a_2_ii",
      "164_312_c_1",
      "164_312_c_2",
    ],
  },
};

export const examples = (): Examples<"s3.buckets"> => ({
  pass: [{ name: "enabled", found: exampleBucket({ versioning: "Enabled" }) }],
  fail: [
    {
      name: "suspended",
      found: exampleBucket({ versioning: "Suspended" }),
      expect: { details: { versioning: "Suspended" } },
    },
    { name: "never enabled", found: exampleBucket({ versioning: null }), expect: { details: { versioning: null } } },
  ],
  unknown: [{ name: "denied", found: exampleBucket({ versioning: undefined }) }],
});
