import type { About, Check, Examples } from "#checks/check";
import { exampleTable } from "./examples.ts";

export const check: Check<"dynamodb.tables"> = {
  id: "dynamodb_pitr_off",
  severity: "medium",
  category: "reliability",
  domain: "resilience",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["dynamodb.tables"],
  decisive: [],
  params: {},
  judge({ name, nativeId, attributes: { pointInTimeRecoveryStatus: recovery } }) {
    if (recovery === undefined) {
      return { status: "unknown", reason: "dynamodb:DescribeContinuousBackups could not be read" };
    }
    if (recovery === "ENABLED") return { status: "pass" };
    return {
      status: "fail",
      summary: `Point-in-time recovery of table ${name ?? nativeId} is off.`,
      details: { pointInTimeRecoveryStatus: recovery },
      evidence: [{ call: "dynamodb:DescribeContinuousBackups", field: "PointInTimeRecoveryStatus", value: recovery }],
    };
  },
};

export const about: About = {
  title: "The table cannot be restored to an earlier moment",
  rationale:
    "When a faulty release or a wrong hand overwrites items, the table as it was a minute before exists nowhere.",
  remediation:
    "Switch on point-in-time recovery, which is paid by the size of the table, or have AWS Backup take the table on a schedule.",
  controls: {
    aws_fsbp: ["DynamoDB.2"],
    hipaa: [
      "164_308_a_1_ii_b",
      "164_308_a_7_i",
      "164_308_a_7_ii_a",
      "164_308_a_7_ii_b",
      "164_308_a_7_ii_c",
      "164_312_a_2_ii",
    ],
    nist_800_53_r5: [
      "cp_1_2",
      "cp_2_5",
      "cp_6_2",
      "cp_9_a",
      "cp_9_b",
      "cp_9_c",
      "cp_10",
      "cp_10_2",
      "sc_5_2",
      "si_13_5",
    ],
    "pci_dss_4.0": ["3.2.1", "3.3.1.1", "3.3.1.3", "3.3.2", "3.3.3", "10.3.3", "10.5.1"],
    soc2: ["cc_7_4", "cc_a_1_1"],
  },
};

export const examples = (): Examples<"dynamodb.tables"> => ({
  pass: [{ name: "on", found: exampleTable() }],
  fail: [
    { name: "off", found: exampleTable({ pointInTimeRecoveryStatus: "DISABLED" }) },
    { name: "AWS names no status", found: exampleTable({ pointInTimeRecoveryStatus: null }) },
  ],
  unknown: [{ name: "denied", found: exampleTable({ pointInTimeRecoveryStatus: undefined }) }],
});
