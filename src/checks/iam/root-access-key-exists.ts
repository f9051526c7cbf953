import type { About, Check, Examples } from "#checks/check";
import { exampleAccount } from "./examples.ts";

export const check: Check<"iam.accounts"> = {
  id: "root_access_key_exists",
  severity: "critical",
  category: "security",
  domain: "identity",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["iam.accounts"],
  decisive: [],
  params: {},
  judge({ attributes: { accessKeysPresent } }) {
    if (accessKeysPresent === undefined)
      return { status: "unknown", reason: "iam:GetAccountSummary could not be read" };
    if (!accessKeysPresent) return { status: "pass" };
    return {
      status: "fail",
      summary: "The root user of this account has at least one access key.",
      details: { accessKeysPresent },
      evidence: [{ call: "iam:GetAccountSummary", field: "SummaryMap.AccountAccessKeysPresent", value: 1 }],
    };
  },
};

export const about: About = {
  title: "The root user holds an access key",
  rationale:
    "No policy limits a root key: whoever copies it owns the account, its bills and its backups, and can close it for good.",
  remediation:
    "Sign in as root, delete its access keys under Security credentials, and give whatever used them a role of its own.",
  controls: {
    aws_fsbp: ["IAM.4"],
    "cis_aws_3.0": ["1.4"],
    "cis_aws_5.0": ["1.3"],
    "cis_aws_6.0": ["2.3"],
    "cis_aws_7.0": ["2.4"],
    gdpr: ["article_25"],
    hipaa: ["164_308_a_1_ii_b", "164_308_a_3_i", "164_308_a_3_ii_b", "164_308_a_4_ii_c", "164_312_a_2_i"],
    iso_27001_2022: ["A.5.15"],
    nist_800_53_r5: [
      "ac_2_1",
      "ac_2_6",
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
      "ac_6_2",
      "ac_6_10",
      "ac_24",
      "cm_5_1_a",
      "cm_6_a",
      "cm_9_b",
      "ia_2",
      "ia_4_4",
      "ia_4_8",
      "ia_4_b",
      "ia_5_8",
      "mp_2",
      "sc_23_3",
      "sc_25",
    ],
    "pci_dss_4.0": ["7.2.1", "7.2.2", "7.2.3", "8.2.1", "8.2.2", "8.2.4", "8.2.5", "8.3.11"],
  },
};

export function examples(): Examples<"iam.accounts"> {
  const account = (accessKeysPresent: boolean | undefined) => exampleAccount({ accessKeysPresent });
  return {
    pass: [{ name: "no root key", found: account(false) }],
    fail: [{ name: "a root key", found: account(true), expect: { details: { accessKeysPresent: true } } }],
    unknown: [{ name: "summary denied", found: account(undefined) }],
  };
}
