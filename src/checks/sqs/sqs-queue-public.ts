import type { About, Check, Examples } from "#checks/check";
import { exampleStatement } from "#checks/examples";
import { actionsOf, allows, publicGrants } from "#checks/public-policy";
import { exampleQueue } from "./examples.ts";

export const check: Check<"sqs.queues"> = {
  id: "sqs_queue_public",
  severity: "high",
  category: "security",
  domain: "data_protection",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["sqs.queues"],
  decisive: ["actions"],
  params: {},
  judge({ name, nativeId, attributes: { policy } }) {
    if (policy === undefined)
      return { status: "unknown", reason: "The policy in sqs:GetQueueAttributes could not be read" };
    const grants = publicGrants(policy);
    if (grants.length === 0) return { status: "pass" };
    const actions = actionsOf(grants);
    const takes = ["sqs:ReceiveMessage", "sqs:DeleteMessage"].some((action) =>
      grants.some((one) => allows(one, action)),
    );
    return {
      status: "fail",
      severity: takes ? "critical" : "high",
      exposure: "internet",
      summary: `The policy of queue ${name ?? nativeId} allows everyone ${actions.join(", ")}.`,
      details: { actions },
      evidence: [
        {
          call: "sqs:GetQueueAttributes",
          field: "Attributes.Policy.Statement",
          value: grants.map((one) => one.statement),
        },
      ],
    };
  },
};

export const about: About = {
  title: "Strangers may use the queue",
  rationale:
    "Whatever takes work from the queue does what a message says, whoever sent it; and messages a stranger receives are read and lost.",
  remediation:
    "Name the accounts or services that send and receive, and limit services by aws:SourceArn or aws:SourceAccount.",
  controls: { aws_fsbp: ["SQS.3"], "cis_aws_7.0": ["2.21"], iso_27001_2022: ["A.8.1"] },
};

export const examples = (): Examples<"sqs.queues"> => {
  const anyone = (...actions: readonly string[]) => exampleStatement({ actions });
  const topic = { operator: "ArnEquals", key: "aws:SourceArn", values: ["arn:aws:sns:eu-west-1:111122223333:alerts"] };
  const queue = (...policy: ReturnType<typeof anyone>[]) => exampleQueue({ policy });
  return {
    pass: [
      { name: "no policy", found: exampleQueue() },
      { name: "one topic", found: queue({ ...anyone("sqs:SendMessage"), conditions: [topic] }) },
    ],
    fail: [
      {
        name: "everyone may send",
        found: queue(anyone("sqs:SendMessage")),
        expect: { severity: "high", exposure: "internet", details: { actions: ["sqs:SendMessage"] } },
      },
      { name: "everyone may receive", found: queue(anyone("SQS:ReceiveMessage")), expect: { severity: "critical" } },
      { name: "everyone may delete", found: queue(anyone("sqs:Delete*")), expect: { severity: "critical" } },
      { name: "everything", found: queue(anyone("sqs:*")), expect: { severity: "critical" } },
      {
        name: "everything but what is taken back",
        found: queue(anyone("sqs:*"), { ...anyone("sqs:ReceiveMessage", "sqs:DeleteMessage*"), effect: "Deny" }),
        expect: { severity: "high" },
      },
    ],
    unknown: [{ name: "denied", found: exampleQueue({ policy: undefined }) }],
  };
};
