import type { About, Check, Examples } from "#checks/check";
import { exampleAccount } from "./examples.ts";

export const check: Check<"iam.accounts"> = {
  id: "root_hardware_mfa_missing",
  severity: "medium",
  category: "compliance",
  domain: "identity",
  effort: "medium",
  confidence: 0.9,
  drift: true,
  resources: ["iam.accounts"],
  decisive: [],
  params: {},
  /** Without any MFA it is root_mfa_off's. */
  judge({ attributes: { mfaEnabled, virtualMfaSerials } }) {
    if (mfaEnabled === undefined) return { status: "unknown", reason: "iam:GetAccountSummary could not be read" };
    if (!mfaEnabled) return null;
    if (virtualMfaSerials === undefined)
      return { status: "unknown", reason: "iam:ListVirtualMFADevices could not be read" };
    if (virtualMfaSerials.length === 0) return { status: "pass" };
    return {
      status: "fail",
      summary: "The root user of this account has a virtual MFA device.",
      details: { virtualMfaSerials },
      evidence: [
        { call: "iam:GetAccountSummary", field: "SummaryMap.AccountMFAEnabled", value: 1 },
        { call: "iam:ListVirtualMFADevices", field: "VirtualMFADevices[].SerialNumber", value: virtualMfaSerials },
      ],
    };
  },
};

export const about: About = {
  title: "The root user's MFA is an app and no hardware",
  rationale:
    "The codes of an app can be typed into a forged sign-in page, and the seed behind them can be copied. For the one user whom no policy limits, that is not enough.",
  remediation: "Register two FIDO2 security keys for root, put one of them into a safe, and remove the virtual device.",
  controls: {
    aws_fsbp: ["IAM.6"],
    "cis_aws_3.0": ["1.6"],
    "cis_aws_5.0": ["1.5"],
    "cis_aws_6.0": ["2.5"],
    "cis_aws_7.0": ["2.6"],
    gdpr: ["article_25"],
    hipaa: ["164_308_a_3_ii_a", "164_312_d"],
    nist_800_53_r5: [
      "ac_2_1",
      "ac_3_2",
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
      "ac_3_8",
      "ac_3_12_a",
      "ac_3_13",
      "ac_3_15_a",
      "ac_3_15_b",
      "ac_4_28",
      "ac_7_4",
      "ac_7_4_a",
      "ac_24",
      "cm_5_1_a",
      "cm_6_a",
      "cm_9_b",
      "ia_2_1",
      "ia_2_2",
      "ia_2_6",
      "ia_2_6_a",
      "ia_2_8",
      "sc_23_3",
    ],
    "pci_dss_4.0": ["8.4.1", "8.4.2", "8.4.3"],
  },
};

export function examples(): Examples<"iam.accounts"> {
  const virtualMfaSerials = ["arn:aws:iam::123456789012:mfa/root-account-mfa-device"];
  return {
    pass: [{ name: "MFA, but no virtual device", found: exampleAccount() }],
    fail: [
      {
        name: "a virtual device",
        found: exampleAccount({ virtualMfaSerials }),
        expect: { severity: "medium", details: { virtualMfaSerials } },
      },
    ],
    unknown: [
      { name: "summary denied", found: exampleAccount({ mfaEnabled: undefined, virtualMfaSerials }) },
      { name: "devices denied", found: exampleAccount({ virtualMfaSerials: undefined }) },
    ],
    notApplicable: [{ name: "no MFA at all", found: exampleAccount({ mfaEnabled: false }) }],
  };
}
