import type { About, Check, Controls, Examples, Verdict } from "#checks/check";
import type { FoundBy } from "#collectors/registry";
import { exampleGroup, examplePolicy, exampleRole, exampleStatement, exampleUser } from "./examples.ts";
import {
  called,
  grantsAll,
  inlineEvidence,
  isManaged,
  isPrincipal,
  policyEvidence,
  policyHolders,
  unreadable,
  type PolicyHolderId,
} from "./shared.ts";

const whole: Controls = {
  aws_fsbp: ["IAM.1"],
  gdpr: ["article_25"],
  hipaa: [
    "164_308_a_1_ii_b",
    "164_308_a_3_i",
    "164_308_a_3_ii_b",
    "164_308_a_4_i",
    "164_308_a_4_ii_b",
    "164_308_a_4_ii_c",
    "164_312_a_1",
  ],
  iso_27001_2022: ["A.5.18"],
  nist_800_53_r5: [
    "ac_2_1",
    "ac_2_6",
    "ac_2_i_2",
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
    "ac_5_b",
    "ac_6",
    "ac_6_2",
    "ac_6_3",
    "ac_6_10",
    "ac_24",
    "cm_5_1_a",
    "cm_6_a",
    "cm_9_b",
    "mp_2",
    "sc_23_3",
    "sc_25",
  ],
  soc2: ["cc_1_3", "cc_6_3"],
};

export const check: Check<PolicyHolderId> = {
  id: "iam_policy_full_admin",
  severity: "high",
  category: "security",
  domain: "identity",
  effort: "high",
  confidence: 1,
  drift: true,
  resources: policyHolders,
  decisive: ["attached", "inlinePolicies"],
  params: {},
  judge(found) {
    if (isManaged(found)) return judgeManaged(found);
    if (!isPrincipal(found)) return null;
    const { inlinePolicies } = found.attributes;
    const full = inlinePolicies.filter(({ statements }) => statements?.some(grantsAll)).map(({ name }) => name);
    const odd = inlinePolicies.find(({ statements }) => statements === undefined);
    if (full.length === 0) return odd ? unreadable(odd.name) : { status: "pass" };
    return {
      status: "fail",
      variants: ["inline"],
      summary: `${called(found)} is allowed everything by inline policy ${full.join(", ")}.`,
      details: { attached: true, inlinePolicies: full },
      evidence: [inlineEvidence(found, full)],
    };
  },
};

function judgeManaged({ name, attributes }: FoundBy<"iam.policies">): Verdict {
  const { statements, attached } = attributes;
  if (statements === undefined) return unreadable(name);
  const full = statements.filter(grantsAll);
  if (full.length === 0) return { status: "pass" };
  if (attached === null)
    return { status: "unknown", reason: "iam:GetAccountAuthorizationDetails does not say how often it is attached" };
  return {
    status: "fail",
    ...(attached ? { variants: ["attached"] } : { severity: "low", exposure: "idle" }),
    summary: `Policy ${name} allows everything, and ${attached ? "somebody has it" : "nobody has it at present"}.`,
    details: { attached, inlinePolicies: [] },
    evidence: [
      policyEvidence("PolicyVersionList[].Document", full),
      policyEvidence("AttachmentCount", attached ? "> 0" : 0),
    ],
  };
}

export const about: About = {
  title: "A policy of the account's own allows everything",
  rationale:
    "Whoever has it owns the account, however harmless its name sounds, and so does whoever steals one of their sessions.",
  remediation:
    "Allow what is really called instead; the last-accessed information of IAM tells it. For emergencies keep one role that nobody enters unnoticed.",
  controls: { iso_27001_2022: ["A.8.2"] },
  variants: {
    attached: {
      ...whole,
      "cis_aws_3.0": ["1.16"],
      "cis_aws_5.0": ["1.15"],
      "cis_aws_6.0": ["2.15"],
      "cis_aws_7.0": ["2.14"],
    },
    inline: whole,
  },
};

export function examples(): Examples<PolicyHolderId> {
  const inline = (...statements: readonly ReturnType<typeof exampleStatement>[]) => ({
    inlinePolicies: [{ name: "ours", statements }],
  });
  const condition = { operator: "Bool", key: "aws:MultiFactorAuthPresent", values: ["true"] };
  const odd = { inlinePolicies: [{ name: "odd", statements: undefined }] };
  return {
    pass: [
      { name: "every action of a service", found: examplePolicy([exampleStatement({ actions: ["s3:*"] })]) },
      { name: "one resource", found: examplePolicy([exampleStatement({ resources: ["arn:aws:s3:::acme-data"] })]) },
      { name: "on a condition", found: examplePolicy([exampleStatement({ conditions: [condition] })]) },
      { name: "a refusal", found: examplePolicy([exampleStatement({ effect: "Deny" })]) },
      { name: "no inline policy", found: exampleUser() },
      { name: "a narrow inline policy", found: exampleGroup(inline(exampleStatement({ actions: ["s3:*"] }))) },
    ],
    fail: [
      {
        name: "attached",
        found: examplePolicy([exampleStatement({ effect: "Deny" }), exampleStatement()]),
        expect: { severity: "high", exposure: "internal", variants: ["attached"], details: { attached: true } },
      },
      {
        name: "attached to nothing",
        found: examplePolicy([exampleStatement({ actions: ["*:*"] })], false),
        expect: { severity: "low", exposure: "idle", details: { attached: false } },
      },
      {
        name: "inline, of a user",
        found: exampleUser(inline(exampleStatement())),
        expect: { severity: "high", variants: ["inline"], details: { inlinePolicies: ["ours"] } },
      },
      { name: "inline, of a group", found: exampleGroup(inline(exampleStatement())) },
      {
        name: "inline, of a role, beside one that is none",
        found: exampleRole({ inlinePolicies: [...odd.inlinePolicies, ...inline(exampleStatement()).inlinePolicies] }),
      },
    ],
    unknown: [
      { name: "a text that is no policy", found: examplePolicy(undefined) },
      { name: "an inline text that is no policy", found: exampleRole(odd) },
      { name: "no count", found: examplePolicy([exampleStatement()], null) },
    ],
  };
}
