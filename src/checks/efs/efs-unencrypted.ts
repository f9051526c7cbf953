import type { About, Check, Examples } from "#checks/check";
import { exampleFileSystem } from "./examples.ts";
import { exposureOf } from "./shared.ts";

export const check: Check<"efs.fileSystems"> = {
  id: "efs_unencrypted",
  severity: "high",
  category: "security",
  domain: "encryption",
  effort: "high",
  confidence: 1.0,
  drift: false,
  resources: ["efs.fileSystems"],
  decisive: [],
  params: {},
  judge(found) {
    const { fileSystemId, encrypted } = found.attributes;
    if (found.state?.startsWith("delet")) return null;
    if (encrypted === null)
      return { status: "unknown", reason: "efs:DescribeFileSystems does not say whether it is encrypted" };
    if (encrypted) return { status: "pass" };
    return {
      status: "fail",
      exposure: exposureOf(found),
      summary: `EFS file system ${fileSystemId} is not encrypted.`,
      details: { fileSystemId, encrypted },
      evidence: [{ call: "efs:DescribeFileSystems", field: "FileSystems[].Encrypted", value: encrypted }],
    };
  },
};

export const about: About = {
  title: "EFS file system is stored in plain text",
  rationale:
    "Whether files are encrypted is settled when the file system is made. This one's lie readable on AWS's disks, and no key policy has a say in who reads them.",
  remediation:
    "Make an encrypted file system, move the files over with DataSync and mount the new one. A service control policy on elasticfilesystem:Encrypted keeps the next one from being made like this.",
  controls: {
    "cis_aws_3.0": ["2.4.1"],
    "cis_aws_5.0": ["2.3.1"],
    aws_fsbp: ["EFS.1", "EFS.8"],
    nist_800_53_r5: ["au_9_3", "cp_9_d", "sc_8_3", "sc_8_4", "sc_13_a", "sc_28_1", "si_19_4"],
    "pci_dss_4.0": ["3.5.1", "8.3.2"],
    iso_27001_2022: ["A.8.11", "A.8.24"],
    hipaa: ["164_308_a_1_ii_b", "164_308_a_4_ii_a", "164_312_a_2_iv", "164_312_e_2_ii"],
    gdpr: ["article_32"],
    "cis_aws_6.0": ["3.3.1"],
    "cis_aws_7.0": ["3.3.1"],
  },
};

export const examples = (): Examples<"efs.fileSystems"> => ({
  pass: [{ name: "encrypted", found: exampleFileSystem() }],
  fail: [
    {
      name: "mounted",
      found: exampleFileSystem({ encrypted: false }),
      expect: { severity: "high", exposure: "internal" },
    },
    {
      name: "mounted nowhere",
      found: exampleFileSystem({ encrypted: false }, { observed: { sizeBytes: 6144, mountTargets: 0 } }),
      expect: { exposure: "idle" },
    },
  ],
  unknown: [{ name: "AWS does not say", found: exampleFileSystem({ encrypted: null }) }],
  notApplicable: [{ name: "being deleted", found: exampleFileSystem({ encrypted: false }, { state: "deleting" }) }],
});
