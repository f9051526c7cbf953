import type { About, Check, Examples } from "#checks/check";
import { exampleAccount } from "./examples.ts";

export const check: Check<"iam.accounts"> = {
  id: "account_security_contact_missing",
  severity: "low",
  category: "compliance",
  domain: "governance",
  effort: "low",
  confidence: 1,
  drift: false,
  resources: ["iam.accounts"],
  decisive: [],
  params: {},
  judge({ attributes: { securityContactEmail } }) {
    if (securityContactEmail === undefined)
      return { status: "unknown", reason: "account:GetAlternateContact could not be read" };
    if (securityContactEmail) return { status: "pass" };
    return {
      status: "fail",
      summary: "This account has no alternate contact for security.",
      details: { contactType: "SECURITY" },
      evidence: [{ call: "account:GetAlternateContact", field: "AlternateContact.EmailAddress", value: null }],
    };
  },
};

export const about: About = {
  title: "The account names no contact for security",
  rationale:
    "When AWS sees a leaked key or an attack, it writes to the root user's mailbox alone, which in many companies nobody reads.",
  remediation: "Enter an address that reaches the people on duty as the security contact, in every account.",
  controls: {
    aws_fsbp: ["Account.1"],
    "cis_aws_3.0": ["1.2"],
    "cis_aws_5.0": ["1.2"],
    "cis_aws_6.0": ["2.2"],
    "cis_aws_7.0": ["2.3"],
    iso_27001_2022: ["A.5.5"],
    "pci_dss_4.0": ["A1.2.3"],
  },
};

export function examples(): Examples<"iam.accounts"> {
  const contact = (securityContactEmail: string | null | undefined) => exampleAccount({ securityContactEmail });
  return {
    pass: [{ name: "a contact", found: contact("security@example.com") }],
    fail: [
      { name: "no contact", found: contact(null), expect: { severity: "low" } },
      { name: "a contact without an address", found: contact("") },
    ],
    unknown: [{ name: "denied", found: contact(undefined) }],
  };
}
