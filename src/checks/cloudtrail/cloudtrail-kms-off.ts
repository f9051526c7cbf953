import type { About, Check, Examples } from "#checks/check";
import { exampleTrail } from "./examples.ts";

export const check: Check<"cloudtrail.trails"> = {
  id: "cloudtrail_kms_off",
  severity: "low",
  category: "compliance",
  domain: "encryption",
  effort: "medium",
  confidence: 1,
  drift: true,
  resources: ["cloudtrail.trails"],
  decisive: [],
  params: {},
  judge({ name, attributes: { kmsKeyId, s3BucketName } }) {
    if (kmsKeyId !== null) return { status: "pass" };
    return {
      status: "fail",
      summary: `Trail ${name} names no KMS key for its files.`,
      details: { kmsKeyId, s3BucketName },
      evidence: [{ call: "cloudtrail:DescribeTrails", field: "trailList[].KmsKeyId", value: kmsKeyId }],
    };
  },
};

export const about: About = {
  title: "A trail's files are encrypted without a KMS key",
  rationale: "Leave to read the bucket is then enough to read the whole audit log; a key asks for a second leave.",
  remediation:
    "Give the trail a customer managed key. In its policy CloudTrail may encrypt, and nobody decrypt but those who examine logs.",
  controls: {
    "cis_aws_3.0": ["3.5"],
    "cis_aws_5.0": ["3.5"],
    aws_fsbp: ["CloudTrail.2"],
    nist_800_53_r5: ["au_9_3", "cm_6_a", "cm_9_b", "cp_9_d", "sc_8_3", "sc_8_4", "sc_13_a", "sc_28_1", "si_19_4"],
    "pci_dss_4.0": ["3.5.1", "8.3.2", "10.3.2", "10.3.3", "10.3.4", "A1.2.1"],
    iso_27001_2022: ["A.8.11", "A.8.15", "A.8.16", "A.8.24"],
    hipaa: [
      "164_308_a_1_ii_b",
      "164_308_a_1_ii_d",
      "164_308_a_4_ii_a",
      "164_312_a_2_iv",
      "164_312_c_1",
      "164_312_c_2",
      "164_312_e_2_ii",
    ],
    gdpr: ["article_25", "article_30", "article_32"],
    "cis_aws_6.0": ["4.5"],
    "cis_aws_7.0": ["4.5"],
  },
};

export const examples = (): Examples<"cloudtrail.trails"> => ({
  pass: [{ name: "with a key", found: exampleTrail() }],
  fail: [{ name: "without", found: exampleTrail({ kmsKeyId: null }), expect: { severity: "low" } }],
});
