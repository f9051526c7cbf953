import type { About, Check, Examples } from "#checks/check";
import { exampleClusterSnapshot, exampleSnapshot } from "./examples.ts";
import { snapshotOf } from "./shared.ts";

export const check: Check<"rds.dbSnapshots" | "rds.dbClusterSnapshots"> = {
  id: "rds_snapshot_unencrypted",
  severity: "medium",
  category: "security",
  domain: "encryption",
  effort: "low",
  confidence: 1,
  drift: false,
  resources: ["rds.dbSnapshots", "rds.dbClusterSnapshots"],
  decisive: [],
  params: {},
  judge({ name, nativeId, attributes }) {
    const { encrypted } = attributes;
    const { kind, source, details } = snapshotOf(attributes);
    const call = `rds:Describe${kind}s`;
    if (encrypted) return { status: "pass" };
    if (encrypted === null) return { status: "unknown", reason: `${call} did not say whether it is encrypted` };
    return {
      status: "fail",
      summary: `Snapshot ${name ?? nativeId} of ${source} is not encrypted.`,
      details: { ...details, encrypted },
      evidence: [{ call, field: kind === "DBSnapshot" ? "Encrypted" : "StorageEncrypted", value: encrypted }],
    };
  },
};

export const about: About = {
  title: "The database snapshot is stored unencrypted",
  rationale: "Permission on the snapshot is all it takes to share or restore it: no key stands in between.",
  remediation: "Copy the snapshot under a KMS key, then delete the one in clear text.",
  controls: {
    aws_fsbp: ["RDS.4"],
    "pci_dss_4.0": ["3.5.1", "8.3.2"],
    iso_27001_2022: ["A.8.11", "A.8.24"],
  },
};

export const examples = (): Examples<"rds.dbSnapshots" | "rds.dbClusterSnapshots"> => ({
  pass: [{ name: "encrypted", found: exampleSnapshot() }],
  fail: [
    { name: "in clear text", found: exampleSnapshot({ encrypted: false, kmsKeyId: null }) },
    { name: "a cluster's in clear text", found: exampleClusterSnapshot({ encrypted: false, kmsKeyId: null }) },
  ],
  unknown: [{ name: "AWS does not say of a cluster's", found: exampleClusterSnapshot({ encrypted: null }) }],
});
