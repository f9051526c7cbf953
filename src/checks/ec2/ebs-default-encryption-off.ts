import type { About, Check, Examples } from "#checks/check";
import { exampleSetting, exampleVolume } from "./examples.ts";

export const check: Check<"ec2.ebsEncryptionDefaults", object, "ec2.volumes"> = {
  id: "ebs_default_encryption_off",
  severity: "medium",
  category: "security",
  domain: "encryption",
  effort: "low",
  confidence: 1.0,
  drift: true,
  resources: ["ec2.ebsEncryptionDefaults"],
  reads: ["ec2.volumes"],
  condense: {
    "ec2.ebsEncryptionDefaults": ({ attributes: { encryptedByDefault } }) => ({ encryptedByDefault }),
    "ec2.volumes": ({ attributes: { volumeId } }) => ({ volumeId }),
  },
  decisive: [],
  params: {},
  judge({ attributes: { encryptedByDefault } }, { others, place: { region } }) {
    if (encryptedByDefault === undefined)
      return { status: "unknown", reason: "ec2:GetEbsEncryptionByDefault could not be read" };
    if (encryptedByDefault) return { status: "pass" };
    const hasVolumes = others("ec2.volumes").length > 0;
    return {
      status: "fail",
      severity: hasVolumes ? "medium" : "low",
      exposure: hasVolumes ? "internal" : "idle",
      summary: `EBS encryption by default is off in ${region}.`,
      details: { region, hasVolumes },
      evidence: [{ call: "ec2:GetEbsEncryptionByDefault", field: "EbsEncryptionByDefault", value: false }],
    };
  },
};

export const about: About = {
  title: "New EBS volumes of a region are not encrypted by default",
  rationale:
    "Whoever makes a volume or copies a snapshot here has to think of encryption each time. One who forgets leaves a disk in plain text, which cannot be mended in place.",
  remediation:
    "Switch it on for this region (EnableEbsEncryptionByDefault) and for every other one in use. It costs nothing and leaves existing volumes as they are.",
  controls: {
    aws_fsbp: ["EC2.7"],
    nist_800_53_r5: ["au_9_3", "cm_6_a", "cm_9_b", "cp_9_d", "sc_8_3", "sc_8_4", "sc_13_a", "sc_28_1", "si_19_4"],
    iso_27001_2022: ["A.8.11", "A.8.24"],
    hipaa: ["164_308_a_1_ii_b", "164_308_a_4_ii_a", "164_312_a_2_iv", "164_312_e_2_ii"],
    "cis_aws_7.0": ["6.1.1"],
  },
};

export const examples = (): Examples<"ec2.ebsEncryptionDefaults"> => {
  const setting = (encryptedByDefault: boolean | undefined) => exampleSetting({ encryptedByDefault });
  const others = { "ec2.volumes": [exampleVolume()] };
  return {
    pass: [{ name: "on", found: setting(true), others }],
    fail: [
      { name: "off", found: setting(false), others, expect: { severity: "medium", details: { region: "eu-west-1" } } },
      { name: "off where there are no volumes", found: setting(false), expect: { severity: "low", exposure: "idle" } },
    ],
    unknown: [{ name: "denied", found: setting(undefined), others }],
  };
};
