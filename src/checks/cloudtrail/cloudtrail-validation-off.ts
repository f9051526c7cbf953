import type { About, Check, Examples } from "#checks/check";
import { exampleTrail } from "./examples.ts";

export const check: Check<"cloudtrail.trails"> = {
  id: "cloudtrail_validation_off",
  severity: "medium",
  category: "security",
  domain: "logging_detection",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["cloudtrail.trails"],
  decisive: [],
  params: {},
  judge({ name, attributes: { logFileValidation, s3BucketName } }) {
    if (logFileValidation) return { status: "pass" };
    return {
      status: "fail",
      summary: `Log file validation is off for trail ${name}.`,
      details: { logFileValidation, s3BucketName },
      evidence: [
        { call: "cloudtrail:DescribeTrails", field: "trailList[].LogFileValidationEnabled", value: logFileValidation },
      ],
    };
  },
};

export const about: About = {
  title: "Nobody could tell whether a trail's files were changed",
  rationale:
    "Who can write to the bucket can take lines out of a log file. Without signed digests nobody can show that the files are as CloudTrail wrote them.",
  remediation: "Switch on log file validation for the trail. It costs nothing and holds from then on.",
  controls: {
    "cis_aws_3.0": ["3.2"],
    "cis_aws_5.0": ["3.2"],
    aws_fsbp: ["CloudTrail.4"],
    nist_800_53_r5: [
      "au_9_a",
      "cm_6_a",
      "cm_9_b",
      "pm_11_b",
      "pm_17_b",
      "sa_1_1",
      "sa_10_1",
      "sc_16_1",
      "si_1_a_2",
      "si_4_d",
      "si_7_1",
      "si_7_3",
      "si_7_7",
      "si_7_a",
    ],
    "pci_dss_4.0": ["10.3.2", "10.3.3", "10.3.4", "A1.2.1"],
    soc2: ["cc_7_3", "pi_1_3"],
    iso_27001_2022: ["A.8.15", "A.8.16"],
    hipaa: ["164_308_a_1_ii_b", "164_308_a_1_ii_d", "164_312_b", "164_312_c_1", "164_312_c_2"],
    gdpr: ["article_25", "article_32"],
    "cis_aws_6.0": ["4.2"],
    "cis_aws_7.0": ["4.2"],
  },
};

export const examples = (): Examples<"cloudtrail.trails"> => ({
  pass: [{ name: "on", found: exampleTrail() }],
  fail: [{ name: "off", found: exampleTrail({ logFileValidation: false }), expect: { severity: "medium" } }],
});
