import type { About, Check, Examples } from "#checks/check";
import { exampleUser } from "./examples.ts";

export const check: Check<"iam.users"> = {
  id: "iam_user_no_mfa",
  title: "An IAM user signs in to the console without MFA",
  severity: "high",
  category: "security",
  domain: "identity",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["iam.users"],
  decisive: [],
  controls: {
    aws_fsbp: ["IAM.5", "IAM.19"],
    "cis_aws_3.0": ["1.10"],
    "cis_aws_4.0": ["1.10"],
    "cis_aws_5.0": ["1.9"],
    "cis_aws_6.0": ["2.9"],
    "cis_aws_7.0": ["2.10"],
    gdpr: ["article_25"],
    hipaa: ["164_308_a_3_ii_a", "164_312_a_1", "164_312_d"],
    iso_27001_2022: ["A.5.15", "A.5.17", "A.8.5"],
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
  params: {},
  judge({ name, attributes: { passwordEnabled, mfaActive } }) {
    if (passwordEnabled === false || mfaActive === true) return { status: "pass" };
    if (typeof passwordEnabled !== "boolean") {
      return { status: "unknown", reason: "iam:GetCredentialReport could not be read, or does not list this user yet" };
    }
    if (mfaActive === undefined) return { status: "unknown", reason: "iam:GetCredentialReport could not be read" };
    return {
      status: "fail",
      summary: `${name} can sign in to the console with a password alone.`,
      details: { userName: name, passwordEnabled, mfaActive },
      evidence: [
        { call: "iam:GetCredentialReport", field: "password_enabled", value: "true" },
        { call: "iam:GetCredentialReport", field: "mfa_active", value: "false" },
      ],
    };
  },
};

export const about: About = {
  rationale: "Whoever phishes, guesses or finds the password elsewhere is in; nothing else stands in the way.",
  remediation:
    "Have the user register an MFA device, or move the person to IAM Identity Center and remove the IAM user's password.",
};

export function examples(): Examples<"iam.users"> {
  return {
    pass: [
      { name: "password and MFA", found: exampleUser({ mfaActive: true }) },
      { name: "no password", found: exampleUser({ passwordEnabled: false }) },
      {
        name: "MFA, whether or not there is a password",
        found: exampleUser({ mfaActive: true, passwordEnabled: undefined }),
      },
    ],
    fail: [{ name: "password, no MFA", found: exampleUser({}), expect: { details: { userName: "alice" } } }],
    unknown: [
      { name: "no credential report, no device", found: exampleUser({ passwordEnabled: undefined }) },
      {
        name: "neither report nor devices could be read",
        found: exampleUser({ passwordEnabled: undefined, mfaActive: undefined }),
      },
      { name: "devices could not be read", found: exampleUser({ mfaActive: undefined }) },
    ],
  };
}
