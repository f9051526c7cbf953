import type { About, Check, Examples } from "#checks/check";
import { exampleSnapshot } from "./examples.ts";

export const check: Check<"ec2.snapshots"> = {
  id: "ebs_snapshot_public",
  severity: "critical",
  category: "security",
  domain: "data_protection",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["ec2.snapshots"],
  decisive: ["encrypted"],
  params: {},
  judge({ attributes }) {
    if (attributes.public === undefined) {
      return {
        status: "unknown",
        reason: "ec2:DescribeSnapshots of the publicly restorable snapshots could not be read",
      };
    }
    if (!attributes.public) return { status: "pass" };
    const { snapshotId, volumeId, volumeSizeGib, encrypted } = attributes;
    return {
      status: "fail",
      exposure: "internet",
      summary: `EBS snapshot ${snapshotId} can be restored by any AWS account.`,
      details: { snapshotId, volumeId, volumeSize: volumeSizeGib, encrypted },
      evidence: [
        { call: "ec2:DescribeSnapshots", field: "Snapshots[].SnapshotId (RestorableByUserIds=all)", value: snapshotId },
      ],
    };
  },
};

export const about: About = {
  title: "EBS snapshot is shared with every AWS account",
  rationale:
    "Public snapshots are listed for all customers of AWS and are searched for secrets. Whoever finds this one can make a volume of it and read every file.",
  remediation:
    "Withdraw the permission of the group `all` (ModifySnapshotAttribute). Treat what was on the disk as known to strangers and replace any credentials on it. Then block public sharing of snapshots for the region.",
  controls: {
    aws_fsbp: ["EC2.1"],
    hipaa: ["164_308_a_1_ii_b", "164_308_a_3_i", "164_312_a_1"],
    iso_27001_2022: ["A.8.1"],
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
    soc2: ["cc_6_6"],
  },
};

export const examples = (): Examples<"ec2.snapshots"> => ({
  pass: [{ name: "private", found: exampleSnapshot() }],
  fail: [
    {
      name: "public",
      found: exampleSnapshot({ public: true, encrypted: false }),
      expect: { exposure: "internet", details: { snapshotId: "snap-0f00ba12345678901", encrypted: false } },
    },
  ],
  unknown: [{ name: "the public ones could not be listed", found: exampleSnapshot({ public: undefined }) }],
});
