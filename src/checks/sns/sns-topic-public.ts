import type { About, Check, Examples } from "#checks/check";
import { exampleStatement } from "#checks/examples";
import { actionsOf, publicGrants } from "#checks/public-policy";
import { exampleTopic } from "./examples.ts";

export const check: Check<"sns.topics"> = {
  id: "sns_topic_public",
  severity: "high",
  category: "security",
  domain: "data_protection",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["sns.topics"],
  decisive: ["actions"],
  params: {},
  judge({ name, nativeId, attributes: { policy } }) {
    if (policy === undefined)
      return { status: "unknown", reason: "The policy in sns:GetTopicAttributes could not be read" };
    const grants = publicGrants(policy);
    if (grants.length === 0) return { status: "pass" };
    const actions = actionsOf(grants);
    return {
      status: "fail",
      exposure: "internet",
      summary: `The policy of topic ${name ?? nativeId} allows everyone ${actions.join(", ")}.`,
      details: { actions },
      evidence: [
        {
          call: "sns:GetTopicAttributes",
          field: "Attributes.Policy.Statement",
          value: grants.map((one) => one.statement),
        },
      ],
    };
  },
};

export const about: About = {
  title: "Strangers may use the topic",
  rationale:
    "A stranger who subscribes reads along, and one who publishes sends whatever they like to everything that trusts the topic.",
  remediation:
    "Name who may publish and subscribe, or limit the statement by aws:SourceArn, aws:SourceAccount or aws:PrincipalOrgID.",
  controls: { aws_fsbp: ["SNS.4"], "cis_aws_7.0": ["2.21"], iso_27001_2022: ["A.8.1"] },
};

export const examples = (): Examples<"sns.topics"> => {
  const anyone = exampleStatement({ actions: ["SNS:Publish", "SNS:Subscribe"] });
  const owner = { operator: "StringEquals", key: "AWS:SourceOwner", values: ["111122223333"] };
  return {
    pass: [
      { name: "no policy", found: exampleTopic() },
      {
        name: "the policy AWS gives a new topic",
        found: exampleTopic({ policy: [{ ...anyone, conditions: [owner] }] }),
      },
    ],
    fail: [
      {
        name: "everyone",
        found: exampleTopic({ policy: [anyone] }),
        expect: { severity: "high", exposure: "internet", details: { actions: ["SNS:Publish", "SNS:Subscribe"] } },
      },
    ],
    unknown: [{ name: "denied", found: exampleTopic({ policy: undefined }) }],
  };
};
