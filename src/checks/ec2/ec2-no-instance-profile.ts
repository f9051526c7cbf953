import type { About, Check, Examples } from "#checks/check";
import { exampleInstance } from "./examples.ts";

export const check: Check<"ec2.instances"> = {
  id: "ec2_no_instance_profile",
  severity: "low",
  category: "security",
  domain: "identity",
  effort: "medium",
  confidence: 1,
  drift: false,
  resources: ["ec2.instances"],
  decisive: [],
  params: {},
  judge({ state, attributes: { instanceId, iamInstanceProfile } }) {
    if (state !== "running") return null;
    if (iamInstanceProfile !== null) return { status: "pass" };
    return {
      status: "fail",
      summary: `Instance ${instanceId} runs without an instance profile.`,
      details: { instanceId },
      evidence: [
        {
          call: "ec2:DescribeInstances",
          field: "Reservations[].Instances[].IamInstanceProfile.Arn",
          value: iamInstanceProfile,
        },
      ],
    };
  },
};

export const about: About = {
  title: "Instance runs without an IAM role",
  rationale:
    "Programs that need AWS but have no role are commonly fed access keys that never expire and lie on the disk. Session Manager and patching need a role as well.",
  remediation:
    "Give the instance a profile whose role allows just the calls its programs make. Then look for access keys on the machine and delete them.",
  controls: {
    "cis_aws_3.0": ["1.18"],
    "cis_aws_4.0": ["1.18"],
    "cis_aws_5.0": ["1.17"],
    "cis_aws_6.0": ["2.17"],
    "cis_aws_7.0": ["2.16"],
    iso_27001_2022: ["A.8.2", "A.8.20", "A.8.21", "A.8.22"],
    nist_800_53_r5: ["ac_3", "cm_5_1_a", "cm_6_a"],
    "pci_dss_4.0": ["7.2.1", "7.2.2", "7.2.5", "7.3.1", "7.3.2", "7.3.3", "8.2.7", "8.2.8", "8.3.4"],
  },
};

export const examples = (): Examples<"ec2.instances"> => ({
  pass: [{ name: "has a profile", found: exampleInstance() }],
  fail: [{ name: "has none", found: exampleInstance({ iamInstanceProfile: null }) }],
  notApplicable: [{ name: "stopped", found: exampleInstance({ iamInstanceProfile: null }, { state: "stopped" }) }],
});
