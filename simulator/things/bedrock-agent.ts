import { AwsError, json } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import { guardrailId } from "./bedrock.ts";
import { keyArnOf } from "./kms.ts";
import { daysBefore, idOf, isBare, numberOf, pageOf, type ThingService } from "./thing.ts";

/** Source: Agents for Bedrock API 2023-06-05. */
const kind = "bedrock-agent.agents";
const paging = { token: "nextToken", limit: "maxResults", byDefault: 100, min: 1, max: 1000 };

const agentId = (n: number): string => idOf("AG", n, 10);
const arnOf = ({ account, region }: Call, n: number): string =>
  `arn:aws:bedrock:${region}:${account.id}:agent/${agentId(n)}`;

/** Every third has none. */
const guardrailOf = (n: number): object =>
  n % 3 === 1 ? {} : { guardrailConfiguration: { guardrailIdentifier: guardrailId(0), guardrailVersion: "DRAFT" } };

const summaryOf = (call: Call, n: number) => ({
  agentId: agentId(n),
  agentName: `agent-${n}`,
  agentStatus: isBare(n) ? "NOT_PREPARED" : "PREPARED",
  updatedAt: daysBefore(call, 12),
  ...guardrailOf(n),
});

const listAgents: Operation = (call) => {
  const { numbers, next } = pageOf(call, kind, paging);
  const agentSummaries = numbers.map((n) => ({ ...summaryOf(call, n), latestAgentVersion: isBare(n) ? "DRAFT" : "1" }));
  return json({ agentSummaries, nextToken: next });
};

const missing = new AwsError("ResourceNotFoundException", 404, "Failed to retrieve resource because it doesn't exist.");

const getAgent: Operation = (call) => {
  const n = numberOf(call, kind, "agentId", missing);
  return json({
    agent: {
      ...summaryOf(call, n),
      agentArn: arnOf(call, n),
      agentVersion: "DRAFT",
      instruction: "Answer what is asked of the shop's orders, and nothing else.",
      foundationModel: "anthropic.claude-3-haiku-20240307-v1:0",
      idleSessionTTLInSeconds: 600,
      agentResourceRoleArn: `arn:aws:iam::${call.account.id}:role/agents`,
      ...(isBare(n) ? {} : { customerEncryptionKeyArn: keyArnOf(call, 0) }),
      createdAt: daysBefore(call, 70),
      preparedAt: daysBefore(call, 12),
    },
  });
};

export const bedrockAgent: ThingService = {
  routes: [
    ["POST", "/agents/", "ListAgents"],
    ["GET", "/agents/{agentId}/", "GetAgent"],
  ],
  operations: { ListAgents: listAgents, GetAgent: getAgent },
  kinds: { [kind]: { isTagged: true, arnOf } },
};
