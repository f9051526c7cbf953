import type { About, Check, Examples } from "#checks/check";
import { exampleStatement } from "#checks/examples";
import { actionsOf, publicGrants } from "#checks/public-policy";
import { exampleRepository } from "./examples.ts";

export const check: Check<"ecr.repositories"> = {
  id: "ecr_public_policy",
  severity: "critical",
  category: "security",
  domain: "data_protection",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["ecr.repositories"],
  decisive: ["actions"],
  params: {},
  judge({ name, nativeId, attributes: { policy } }) {
    if (policy === undefined) return { status: "unknown", reason: "ecr:GetRepositoryPolicy could not be read" };
    const grants = publicGrants(policy);
    if (grants.length === 0) return { status: "pass" };
    const actions = actionsOf(grants);
    return {
      status: "fail",
      exposure: "internet",
      summary: `The policy of repository ${name ?? nativeId} allows everyone ${actions.join(", ")}.`,
      details: { actions },
      evidence: [
        { call: "ecr:GetRepositoryPolicy", field: "policyText.Statement", value: grants.map((one) => one.statement) },
      ],
    };
  },
};

export const about: About = {
  title: "Any AWS account may use the image repository",
  rationale:
    "Images hold source code, configuration and sometimes secrets. Whoever may push can put code of their own into what is deployed.",
  remediation:
    "Name the accounts or roles in the policy, or add a condition on aws:PrincipalOrgID. For images meant for the world there is ECR Public.",
  controls: { iso_27001_2022: ["A.8.1"] },
};

export const examples = (): Examples<"ecr.repositories"> => {
  const pull = exampleStatement({ actions: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], resources: [] });
  const only = { operator: "StringEquals", key: "aws:PrincipalOrgID", values: ["o-a1b2c3d4e5"] };
  return {
    pass: [
      { name: "no policy", found: exampleRepository() },
      {
        name: "one account",
        found: exampleRepository({ policy: [{ ...pull, principals: { AWS: ["arn:aws:iam::444455556666:root"] } }] }),
      },
      { name: "the organization", found: exampleRepository({ policy: [{ ...pull, conditions: [only] }] }) },
    ],
    fail: [
      {
        name: "everyone may pull",
        found: exampleRepository({ policy: [pull] }),
        expect: {
          severity: "critical",
          exposure: "internet",
          details: { actions: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"] },
        },
      },
    ],
    unknown: [{ name: "denied", found: exampleRepository({ policy: undefined }) }],
  };
};
