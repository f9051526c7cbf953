import type { About, Check, Examples } from "#checks/check";
import { exampleInstance } from "./examples.ts";

export const check: Check<"ec2.instances"> = {
  id: "ec2_imdsv1_allowed",
  severity: "high",
  category: "security",
  domain: "network_exposure",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["ec2.instances"],
  decisive: [],
  params: {},
  judge({ state, attributes: { instanceId, httpEndpoint, httpTokens } }) {
    if (state === "terminated" || state === "shutting-down") return null;
    if (httpEndpoint === "disabled" || httpTokens === "required") return { status: "pass" };
    if (httpEndpoint === null || httpTokens === null) {
      return { status: "unknown", reason: "ec2:DescribeInstances gave no metadata options" };
    }
    return {
      status: "fail",
      exposure: state === "running" ? "internal" : "idle",
      summary: `Instance ${instanceId} answers metadata requests without a token (IMDSv1).`,
      details: { instanceId, httpEndpoint, httpTokens },
      evidence: [
        {
          call: "ec2:DescribeInstances",
          field: "Reservations[].Instances[].MetadataOptions.HttpEndpoint",
          value: httpEndpoint,
        },
        {
          call: "ec2:DescribeInstances",
          field: "Reservations[].Instances[].MetadataOptions.HttpTokens",
          value: httpTokens,
        },
      ],
    };
  },
};

export const about: About = {
  title: "Instance metadata can be read without a session token",
  rationale:
    "With IMDSv1 a plain GET from the instance is answered with the keys of its role. A web application that can be talked into fetching an address (SSRF) hands them to the attacker.",
  remediation:
    "Watch the CloudWatch metric MetadataNoToken until it stays at zero, then set HttpTokens to `required` (ModifyInstanceMetadataOptions). Make that the account's default for the region as well.",
  controls: {
    "cis_aws_3.0": ["5.6"],
    "cis_aws_4.0": ["5.7"],
    "cis_aws_5.0": ["5.7"],
    "cis_aws_6.0": ["6.7"],
    "cis_aws_7.0": ["6.7"],
    aws_fsbp: ["EC2.8"],
    iso_27001_2022: ["A.8.20", "A.8.21", "A.8.22"],
    nist_800_53_r5: [
      "ac_2_6",
      "ac_3",
      "ac_3_3",
      "ac_3_3_a",
      "ac_3_3_b_1",
      "ac_3_3_b_2",
      "ac_3_3_b_3",
      "ac_3_3_b_4",
      "ac_3_3_b_5",
      "ac_3_3_c",
      "ac_3_4",
      "ac_3_4_a",
      "ac_3_4_b",
      "ac_3_4_c",
      "ac_3_4_d",
      "ac_3_4_e",
      "ac_3_7",
      "ac_3_8",
      "ac_3_12_a",
      "ac_3_13",
      "ac_3_15_a",
      "ac_3_15_b",
      "ac_4_28",
      "ac_6",
      "ac_24",
      "cm_5_1_a",
      "mp_2",
      "sc_23_3",
    ],
    "pci_dss_4.0": ["8.2.8"],
    soc2: ["cc_7_2"],
  },
};

export const examples = (): Examples<"ec2.instances"> => ({
  pass: [
    { name: "tokens required", found: exampleInstance() },
    { name: "no metadata service", found: exampleInstance({ httpEndpoint: "disabled", httpTokens: "optional" }) },
  ],
  fail: [
    {
      name: "tokens optional",
      found: exampleInstance({ httpTokens: "optional" }),
      expect: { exposure: "internal", details: { httpTokens: "optional" } },
    },
    {
      name: "stopped, which can be started again",
      found: exampleInstance({ httpTokens: "optional" }, { state: "stopped" }),
      expect: { exposure: "idle" },
    },
  ],
  unknown: [{ name: "no metadata options", found: exampleInstance({ httpEndpoint: null, httpTokens: null }) }],
  notApplicable: [
    { name: "terminated", found: exampleInstance({ httpTokens: "optional" }, { state: "terminated" }) },
    { name: "shutting down", found: exampleInstance({ httpTokens: "optional" }, { state: "shutting-down" }) },
  ],
});
