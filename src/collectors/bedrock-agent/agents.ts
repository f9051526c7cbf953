import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { CollectContext, Collector, Found, Place, Relation } from "#collectors/collector";
import { instant, part, text } from "#collectors/json";
import { oneByOne } from "#collectors/read";
import { arnIn, assumes, encryptedBy, related } from "#collectors/relations";
import { tagActions, taggedAs } from "#collectors/tags";

/**
 * An agent. The list tells its guardrail; of one without, the agent itself was asked, and only then is known what is null
 * otherwise: role, model and key.
 */
export interface Agent {
  readonly agentId: string;
  /** Id or ARN; null: it has none. */
  readonly guardrailId: string | null | undefined;
  readonly guardrailVersion: string | null | undefined;
  readonly roleArn: string | null | undefined;
  readonly foundationModel: string | null | undefined;
  readonly kmsKeyArn: string | null | undefined;
  /** The latest numbered version; null: only the draft. */
  readonly latestVersion: string | null;
}

const listAgents: Operation = {
  service: "bedrock-agent",
  action: "ListAgents",
  method: "POST",
  path: "/agents/",
  paging: { token: "nextToken", next: "nextToken", limit: ["maxResults", 1000] },
};
const getAgent: Operation = { service: "bedrock-agent", action: "GetAgent", method: "GET", path: "/agents/{agentId}/" };

const GuardrailConfiguration = part({ guardrailIdentifier: text, guardrailVersion: text });
const ListedAgent = z.object({
  agentId: z.string(),
  agentName: text,
  agentStatus: text,
  latestAgentVersion: text,
  guardrailConfiguration: GuardrailConfiguration,
});
const Page = z.object({ agentSummaries: z.array(ListedAgent) });
type ListedAgent = z.infer<typeof ListedAgent>;

const Answer = z.object({
  agent: z.object({
    agentResourceRoleArn: text,
    foundationModel: text,
    customerEncryptionKeyArn: text,
    createdAt: instant,
    guardrailConfiguration: GuardrailConfiguration,
  }),
});
type DescribedAgent = z.infer<typeof Answer>["agent"];

const arnOf = (kind: "agent" | "guardrail", id: string, place: Place): string =>
  id.startsWith("arn:") ? id : arnIn(place, "bedrock", `${kind}/${id}`);

/**
 * Source: Agents for Bedrock API 2023-06-05, ListAgents, 1,000 per page, and GetAgent for those whose summary names no
 * guardrail.
 */
export const collector: Collector<Agent, object, ListedAgent> = {
  id: "bedrock-agent.agents",
  service: "bedrock-agent",
  resourceType: "AWS::Bedrock::Agent",
  scope: "regional",
  actions: ["bedrock:GetAgent", "bedrock:ListAgents", ...tagActions],
  async *list(context) {
    for await (const page of context.aws.walk(listAgents)) {
      yield Page.parse(page).agentSummaries;
    }
  },
  describe: oneByOne(found),
};

/** null: it is gone since it was listed. */
async function found({ aws, place }: CollectContext, listed: ListedAgent): Promise<Found<Agent> | null> {
  const isTold = listed.guardrailConfiguration.guardrailIdentifier !== null;
  const answer = isTold
    ? undefined
    : await aws.attempt(getAgent, { agentId: listed.agentId }, ["ResourceNotFoundException"]);
  if (answer === null) return null;
  const detail = isTold ? null : Answer.safeParse(answer).data?.agent;
  const arn = arnOf("agent", listed.agentId, place);
  const attributes = attributesOf(listed, detail);
  return {
    nativeId: arn,
    arn,
    name: listed.agentName,
    state: listed.agentStatus,
    ...taggedAs(arn),
    createdAt: detail?.createdAt ?? null,
    costMonthly: 0,
    relations: relationsOf(attributes, place),
    attributes,
  };
}

function attributesOf(listed: ListedAgent, detail: DescribedAgent | null | undefined): Agent {
  const guardrail = detail === null ? listed.guardrailConfiguration : detail?.guardrailConfiguration;
  return {
    agentId: listed.agentId,
    guardrailId: guardrail?.guardrailIdentifier,
    guardrailVersion: guardrail?.guardrailVersion,
    roleArn: detail && detail.agentResourceRoleArn,
    foundationModel: detail && detail.foundationModel,
    kmsKeyArn: detail && detail.customerEncryptionKeyArn,
    latestVersion: listed.latestAgentVersion,
  };
}

const relationsOf = ({ guardrailId, roleArn, kmsKeyArn }: Agent, place: Place): readonly Relation[] => [
  ...assumes(roleArn),
  ...related("guardedBy", "AWS::Bedrock::Guardrail", guardrailId && arnOf("guardrail", guardrailId, place)),
  ...encryptedBy(kmsKeyArn, place),
];
