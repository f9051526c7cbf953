import type { FoundBy } from "#collectors/registry";
import type { About, Check, Examples } from "#checks/check";
import { exampleAccount } from "./examples.ts";

export const check: Check<"iam.accounts"> = {
  id: "root_mfa_off",
  severity: "critical",
  category: "security",
  domain: "identity",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["iam.accounts"],
  decisive: [],
  params: {},
  /** Root without password and keys has nothing that MFA could guard (AWS Organizations, central root access). */
  judge({ attributes: { mfaEnabled, passwordPresent, accessKeysPresent } }) {
    if (mfaEnabled === undefined) return { status: "unknown", reason: "iam:GetAccountSummary could not be read" };
    if (mfaEnabled || (passwordPresent === false && accessKeysPresent === false)) return { status: "pass" };
    return {
      status: "fail",
      summary: "The root user of this account has no MFA device.",
      details: { mfaEnabled, passwordPresent: passwordPresent ?? null, accessKeysPresent: accessKeysPresent ?? null },
      evidence: [{ call: "iam:GetAccountSummary", field: "SummaryMap.AccountMFAEnabled", value: 0 }],
    };
  },
};

export const about: About = {
  title: "The root user signs in without MFA",
  rationale:
    "With nothing but a password, or access to the mailbox that can reset it, a stranger takes over the whole account.",
  remediation:
    "Register two passkeys or hardware tokens for root. In an organization, take the root credentials of member accounts away from the management account instead.",
  controls: {
    aws_fsbp: ["IAM.9"],
    "cis_aws_3.0": ["1.5"],
    "cis_aws_5.0": ["1.4"],
    "cis_aws_6.0": ["2.4"],
    "cis_aws_7.0": ["2.5"],
    gdpr: ["article_25"],
    hipaa: ["164_308_a_3_ii_a", "164_312_d"],
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
  const account = (attributes: Partial<FoundBy<"iam.accounts">["attributes"]>) =>
    exampleAccount({ mfaEnabled: false, ...attributes });
  return {
    pass: [
      { name: "MFA on", found: account({ mfaEnabled: true }) },
      { name: "root has neither password nor key", found: account({ passwordPresent: false }) },
    ],
    fail: [
      { name: "password, no MFA", found: account({}) },
      { name: "no password, but a key", found: account({ passwordPresent: false, accessKeysPresent: true }) },
      { name: "AWS does not say whether there is a password", found: account({ passwordPresent: null }) },
      { name: "the credential report was denied", found: account({ passwordPresent: undefined }) },
    ],
    unknown: [{ name: "summary denied", found: account({ mfaEnabled: undefined, accessKeysPresent: undefined }) }],
  };
}
