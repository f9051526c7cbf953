import type { About, Check, Examples } from "#checks/check";
import { exampleClusterSnapshot, exampleSnapshot } from "./examples.ts";
import { snapshotOf } from "./shared.ts";

export const check: Check<"rds.dbSnapshots" | "rds.dbClusterSnapshots"> = {
  id: "rds_snapshot_public",
  severity: "critical",
  category: "security",
  domain: "data_protection",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["rds.dbSnapshots", "rds.dbClusterSnapshots"],
  decisive: ["encrypted"],
  params: {},
  judge({ name, nativeId, attributes }) {
    const { isPublic, encrypted } = attributes;
    const { kind, source, details } = snapshotOf(attributes);
    const call = `rds:Describe${kind}Attributes`;
    if (isPublic === undefined) return { status: "unknown", reason: `${call} could not be read` };
    if (!isPublic) return { status: "pass" };
    return {
      status: "fail",
      exposure: "internet",
      summary: `Snapshot ${name ?? nativeId} of ${source} can be restored by every AWS account.`,
      details: { ...details, encrypted },
      evidence: [{ call, field: "restore", value: "all" }],
    };
  },
};

export const about: About = {
  title: "The database snapshot is shared with every AWS account",
  rationale: "Every AWS customer, known to you or not, may make a database of it and read all that is inside.",
  remediation:
    "Take `all` out of the snapshot's restore attribute. Treat what is in it as leaked, and change every secret it holds.",
  controls: {
    aws_fsbp: ["RDS.1"],
    nist_800_53_r5: [
      "ac_2_6",
      "ac_3",
      "ac_3_7",
      "ac_4_21",
      "ac_6",
      "ac_17_1",
      "ac_17_4_a",
      "ac_17_9",
      "ac_17_10",
      "ac_17_b",
      "mp_2",
      "sc_7_2",
      "sc_7_3",
      "sc_7_7",
      "sc_7_9_a",
      "sc_7_11",
      "sc_7_12",
      "sc_7_16",
      "sc_7_20",
      "sc_7_21",
      "sc_7_24_b",
      "sc_7_25",
      "sc_7_26",
      "sc_7_27",
      "sc_7_28",
      "sc_7_a",
      "sc_7_b",
      "sc_7_c",
      "sc_25",
    ],
    "pci_dss_4.0": ["3.5.1.3", "10.3.2", "A1.1.2", "A3.4.1"],
    iso_27001_2022: ["A.8.1"],
    hipaa: ["164_308_a_1_ii_b", "164_308_a_3_i", "164_312_a_1"],
  },
};

export const examples = (): Examples<"rds.dbSnapshots" | "rds.dbClusterSnapshots"> => ({
  pass: [
    { name: "encrypted", found: exampleSnapshot() },
    { name: "unencrypted and private", found: exampleSnapshot({ encrypted: false }) },
  ],
  fail: [
    {
      name: "restorable by all",
      found: exampleSnapshot({ encrypted: false, isPublic: true }),
      expect: { exposure: "internet" },
    },
    { name: "a cluster's", found: exampleClusterSnapshot({ encrypted: false, isPublic: true }) },
  ],
  unknown: [
    { name: "its attributes are denied", found: exampleSnapshot({ encrypted: false, isPublic: undefined }) },
    { name: "a cluster's are denied", found: exampleClusterSnapshot({ encrypted: false, isPublic: undefined }) },
  ],
});
