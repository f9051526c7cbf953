import type { About, Check, Examples } from "#checks/check";
import { exampleSnapshot } from "./examples.ts";

export const check: Check<"rds.dbSnapshots"> = {
  id: "rds_snapshot_unencrypted",
  title: "The database snapshot is stored unencrypted",
  severity: "medium",
  category: "security",
  domain: "encryption",
  effort: "low",
  confidence: 1,
  drift: false,
  resources: ["rds.dbSnapshots"],
  decisive: [],
  controls: {
    aws_fsbp: ["RDS.4"],
    "pci_dss_4.0": ["3.5.1", "8.3.2"],
    iso_27001_2022: ["A.8.11", "A.8.24"],
  },
  params: {},
  judge({ name, nativeId, attributes: { encrypted, sourceInstanceId } }) {
    if (encrypted) return { status: "pass" };
    return {
      status: "fail",
      summary: `Snapshot ${name ?? nativeId} of database ${sourceInstanceId} is not encrypted.`,
      details: { sourceInstanceId, encrypted },
      evidence: [{ call: "rds:DescribeDBSnapshots", field: "Encrypted", value: encrypted }],
    };
  },
};

export const about: About = {
  rationale: "Permission on the snapshot is all it takes to share or restore it: no key stands in between.",
  remediation: "Copy the snapshot under a KMS key, then delete the one in clear text.",
};

export const examples = (): Examples<"rds.dbSnapshots"> => ({
  pass: [{ name: "encrypted", found: exampleSnapshot() }],
  fail: [{ name: "in clear text", found: exampleSnapshot({ encrypted: false, kmsKeyId: null }) }],
});
