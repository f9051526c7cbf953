import type { About, Check, Examples } from "#checks/check";
import { exampleCluster, exampleInstance } from "./examples.ts";
import { exposureOf, isMember, isRdsEngine, sourceOf } from "./shared.ts";

export const check: Check<"rds.dbInstances" | "rds.dbClusters"> = {
  id: "rds_storage_unencrypted",
  severity: "high",
  category: "security",
  domain: "encryption",
  effort: "high",
  confidence: 1,
  drift: false,
  resources: ["rds.dbInstances", "rds.dbClusters"],
  decisive: [],
  params: {},
  judge({ state, attributes }) {
    const { identifier, engine, storageEncrypted } = attributes;
    // The storage of a cluster's member is the cluster's.
    if (!isRdsEngine(engine) || isMember(attributes)) return null;
    const { call, noun, variant } = sourceOf(attributes);
    if (storageEncrypted === null) {
      return { status: "unknown", reason: `${call} did not say whether its storage is encrypted` };
    }
    if (storageEncrypted) return { status: "pass" };
    return {
      status: "fail",
      exposure: exposureOf(state),
      summary: `The storage of ${noun} ${identifier} is not encrypted.`,
      details: { engine, storageEncrypted },
      variants: [variant],
      evidence: [{ call, field: "StorageEncrypted", value: storageEncrypted }],
    };
  },
};

export const about: About = {
  title: "The database is stored unencrypted",
  rationale:
    "Whatever is made from it, backups, snapshots and replicas, lies in clear text too and opens without a key.",
  remediation:
    "Encryption cannot be added to a running instance: copy a snapshot with a KMS key, restore it as a new instance and move clients over.",
  controls: { iso_27001_2022: ["A.8.11", "A.8.24"], "pci_dss_4.0": ["3.5.1", "8.3.2"], soc2: ["pi_1_5"] },
  variants: {
    instance: {
      aws_fsbp: ["RDS.3"],
      "cis_aws_3.0": ["2.3.1"],
      "cis_aws_4.0": ["2.2.1"],
      "cis_aws_5.0": ["2.2.1"],
      "cis_aws_6.0": ["3.2.1"],
      "cis_aws_7.0": ["3.2.1"],
      gdpr: ["article_32"],
      hipaa: ["164_308_a_1_ii_b", "164_308_a_4_ii_a", "164_312_a_2_iv", "164_312_e_2_ii"],
      nist_800_53_r5: ["au_9_3", "cp_9_8", "cp_9_d", "sc_8_3", "sc_8_4", "sc_13_a", "sc_28_1", "si_19_4"],
    },
    cluster: { aws_fsbp: ["RDS.27"] },
  },
};

export const examples = (): Examples<"rds.dbInstances" | "rds.dbClusters"> => ({
  pass: [
    { name: "encrypted", found: exampleInstance() },
    { name: "an encrypted cluster", found: exampleCluster() },
  ],
  fail: [
    {
      name: "in clear text",
      found: exampleInstance({ storageEncrypted: false, kmsKeyId: null }),
      expect: { variants: ["instance"], exposure: "internal" },
    },
    {
      name: "in clear text, stopped",
      found: exampleInstance({ storageEncrypted: false, kmsKeyId: null }, {}, { state: "stopped" }),
      expect: { exposure: "idle" },
    },
    {
      name: "a cluster in clear text",
      found: exampleCluster({ storageEncrypted: false, kmsKeyId: null }),
      expect: { variants: ["cluster"] },
    },
  ],
  unknown: [
    { name: "AWS does not say", found: exampleInstance({ storageEncrypted: null }) },
    { name: "AWS does not say of a cluster", found: exampleCluster({ storageEncrypted: null }) },
  ],
  notApplicable: [
    { name: "a member of a cluster", found: exampleInstance({ storageEncrypted: false, clusterId: "orders" }) },
    { name: "a DocumentDB instance", found: exampleInstance({ storageEncrypted: false, engine: "docdb" }) },
    { name: "a Neptune cluster", found: exampleCluster({ storageEncrypted: false, engine: "neptune" }) },
  ],
});
