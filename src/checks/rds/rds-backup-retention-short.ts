import type { About, Check, Examples } from "#checks/check";
import { exampleInstance } from "./examples.ts";
import { isRdsEngine } from "./shared.ts";

interface Params {
  readonly minDays: number;
}

export const check: Check<"rds.dbInstances", Params> = {
  id: "rds_backup_retention_short",
  severity: "high",
  category: "reliability",
  domain: "resilience",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["rds.dbInstances"],
  decisive: ["backupRetentionDays"],
  params: { minDays: 7 },
  judge({ attributes: { identifier, engine, replicaSource, backupRetentionDays: days } }, { params: { minDays } }) {
    // A read replica is rebuilt from its source, which is where backups belong.
    if (!isRdsEngine(engine) || replicaSource !== null) return null;
    if (days === null) {
      return { status: "unknown", reason: "rds:DescribeDBInstances did not say how long backups are kept" };
    }
    if (days > 0 && days >= minDays) return { status: "pass" };
    return {
      status: "fail",
      severity: days === 0 ? "high" : "medium",
      summary:
        days === 0
          ? `Automated backups of database ${identifier} are off.`
          : `Automated backups of database ${identifier} are kept for ${days} of at least ${minDays} days.`,
      details: { backupRetentionDays: days, minDays },
      evidence: [{ call: "rds:DescribeDBInstances", field: "BackupRetentionPeriod", value: days }],
    };
  },
};

export const about: About = {
  title: "Automated backups of the database are off or kept for too few days",
  rationale: "Damage is often noticed days later. By then there may be no backup left from before it.",
  remediation:
    "Keep automated backups for a week at the least. Backup storage up to the size of the databases in the region costs nothing.",
  controls: {
    aws_fsbp: ["RDS.11"],
    nist_800_53_r5: [
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
      "sc_5_2",
      "si_13_5",
    ],
    "pci_dss_4.0": ["10.3.3"],
    soc2: ["cc_7_4", "cc_a_1_1"],
    hipaa: [
      "164_308_a_1_ii_b",
      "164_308_a_4_ii_a",
      "164_308_a_7_i",
      "164_308_a_7_ii_a",
      "164_308_a_7_ii_b",
      "164_308_a_7_ii_c",
      "164_312_a_2_ii",
    ],
    gdpr: ["article_32"],
  },
};

export const examples = (): Examples<"rds.dbInstances", Params> => ({
  pass: [
    { name: "just long enough", found: exampleInstance({ backupRetentionDays: 7 }) },
    { name: "longer", found: exampleInstance({ backupRetentionDays: 35 }) },
  ],
  fail: [
    { name: "a day too short", found: exampleInstance({ backupRetentionDays: 6 }), expect: { severity: "medium" } },
    { name: "off", found: exampleInstance({ backupRetentionDays: 0 }), expect: { severity: "high" } },
    {
      name: "too short for the organization",
      found: exampleInstance({ backupRetentionDays: 14 }),
      params: { minDays: 30 },
      expect: { details: { backupRetentionDays: 14, minDays: 30 } },
    },
  ],
  unknown: [{ name: "AWS does not say", found: exampleInstance({ backupRetentionDays: null }) }],
  notApplicable: [
    { name: "a read replica", found: exampleInstance({ backupRetentionDays: 0, replicaSource: "shop-primary" }) },
    { name: "a Neptune instance", found: exampleInstance({ backupRetentionDays: 1, engine: "neptune" }) },
  ],
});
