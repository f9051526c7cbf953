import type { About, Check, Examples } from "#checks/check";
import { awsPolicy, exampleGroup, exampleRole, exampleTrust, exampleUser } from "./examples.ts";
import { awsPolicyOf, called, detailOf, kindOf, outsidersIn, principals, type PrincipalId } from "./shared.ts";

export const check: Check<PrincipalId> = {
  id: "bedrock_full_access_policy",
  severity: "medium",
  category: "security",
  domain: "ai",
  effort: "low",
  confidence: 1,
  drift: false,
  resources: principals,
  decisive: ["outsiders"],
  params: {},
  judge(found, { place }) {
    const policyArn = awsPolicyOf(found, "AmazonBedrockFullAccess");
    if (policyArn === undefined) return { status: "pass" };
    const { attributes } = found;
    const trust = "trustPolicy" in attributes ? attributes.trustPolicy : [];
    const outsiders = outsidersIn(trust ?? [], place.awsAccountId);
    return {
      status: "fail",
      severity: kindOf(found) === "user" || outsiders.length > 0 ? "high" : "medium",
      ...(outsiders.includes("*") && { exposure: "internet" }),
      summary: `${called(found)} may do everything in Bedrock.`,
      details: { policyArn, outsiders },
      evidence: [detailOf(found, "AttachedManagedPolicies[].PolicyArn", policyArn)],
    };
  },
};

export const about: About = {
  title: "AmazonBedrockFullAccess is attached to a user, a group or a role",
  rationale:
    "It covers far more than asking a model: training models, changing agents and guardrails, and running up a bill without an upper limit.",
  remediation:
    "Allow bedrock:InvokeModel, and its streaming form, on the models that are used, and detach this policy.",
  controls: { iso_27001_2022: ["A.8.2"], soc2: ["cc_6_3"] },
};

export function examples(): Examples<PrincipalId> {
  const full = { managedPolicyArns: [awsPolicy("AmazonBedrockFullAccess")] };
  return {
    pass: [
      { name: "a user who may read", found: exampleUser({ managedPolicyArns: [awsPolicy("AmazonBedrockReadOnly")] }) },
      { name: "a role without", found: exampleRole() },
    ],
    fail: [
      { name: "a user", found: exampleUser(full), expect: { severity: "high" } },
      { name: "a group", found: exampleGroup(full), expect: { severity: "medium" } },
      {
        name: "a role of instances",
        found: exampleRole(full),
        expect: { severity: "medium", details: { outsiders: [] } },
      },
      {
        name: "a role of another account",
        found: exampleRole({ ...full, trustPolicy: [exampleTrust({ AWS: ["444455556666"] })] }),
        expect: { severity: "high", exposure: "internal", details: { outsiders: ["444455556666"] } },
      },
      {
        name: "a role of anybody",
        found: exampleRole({ ...full, trustPolicy: [exampleTrust({ AWS: ["*"] })] }),
        expect: { severity: "high", exposure: "internet" },
      },
      { name: "a role whose trust is no policy", found: exampleRole({ ...full, trustPolicy: undefined }) },
    ],
  };
}
