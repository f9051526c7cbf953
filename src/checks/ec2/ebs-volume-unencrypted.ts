import type { About, Check, Examples } from "#checks/check";
import { exampleVolume } from "./examples.ts";

export const check: Check<"ec2.volumes"> = {
  id: "ebs_volume_unencrypted",
  severity: "medium",
  category: "security",
  domain: "encryption",
  effort: "high",
  confidence: 1,
  drift: false,
  resources: ["ec2.volumes"],
  decisive: [],
  params: {},
  judge({ state, attributes: { volumeId, encrypted, snapshotId } }) {
    if (state !== "in-use" && state !== "available") return null;
    if (encrypted) return { status: "pass" };
    return {
      status: "fail",
      exposure: state === "in-use" ? "internal" : "idle",
      summary: `EBS volume ${volumeId} is not encrypted.`,
      details: { volumeId, encrypted, state, snapshotId },
      evidence: [{ call: "ec2:DescribeVolumes", field: "Volumes[].Encrypted", value: encrypted }],
    };
  },
};

export const about: About = {
  title: "EBS volume is stored in plain text",
  rationale:
    "Encryption at rest travels with a disk. Without it every snapshot, copy and share of this volume can be read by whoever gets hold of it.",
  remediation:
    "Encryption cannot be added to an existing volume: snapshot it, copy the snapshot encrypted, make a new volume of the copy and exchange the two. Turn on encryption by default for the region to keep new volumes right.",
  controls: {
    "cis_aws_3.0": ["2.2.1"],
    "cis_aws_4.0": ["5.1.1"],
    "cis_aws_5.0": ["5.1.1"],
    "cis_aws_6.0": ["6.1.1"],
    aws_fsbp: ["EC2.3"],
    gdpr: ["article_32"],
    hipaa: ["164_308_a_1_ii_b", "164_308_a_4_ii_a", "164_312_a_2_iv", "164_312_c_1", "164_312_c_2", "164_312_e_2_ii"],
    iso_27001_2022: ["A.8.11", "A.8.24"],
    nist_800_53_r5: ["au_9_3", "cm_6_a", "cm_9_b", "cp_9_d", "sc_8_3", "sc_8_4", "sc_13_a", "sc_28_1", "si_19_4"],
    "pci_dss_4.0": ["3.5.1", "8.3.2"],
    soc2: ["pi_1_5"],
  },
};

export const examples = (): Examples<"ec2.volumes"> => ({
  pass: [{ name: "encrypted", found: exampleVolume() }],
  fail: [
    { name: "attached", found: exampleVolume({ encrypted: false }), expect: { details: { encrypted: false } } },
    {
      name: "unattached",
      found: exampleVolume({ encrypted: false }, { state: "available" }),
      expect: { exposure: "idle" },
    },
  ],
  notApplicable: [{ name: "being deleted", found: exampleVolume({ encrypted: false }, { state: "deleting" }) }],
});
