import { BedrockAgentClient, paginateListAgents } from "@aws-sdk/client-bedrock-agent";

/** moto writes times as numbers where the model has text, and the SDK reads no such answer: they are made text before. */
const withTimes = (next) => async (args) => {
  const { response, ...rest } = await next(args);
  const text = Buffer.concat(await Array.fromAsync(response.body)).toString();
  const body = JSON.parse(text, (name, value) =>
    name.endsWith("At") && typeof value === "number" ? new Date(value * 1000).toISOString() : value,
  );
  response.body = Buffer.from(JSON.stringify(body));
  return { response, ...rest };
};

export async function expected(client, region, accountId) {
  const agents = client(BedrockAgentClient);
  agents.middlewareStack.add(withTimes, { step: "deserialize", priority: "low" });
  const pages = paginateListAgents({ client: agents }, {});
  const all = await Array.fromAsync(pages, ({ agentSummaries }) => agentSummaries);
  const ids = all.flat().map(({ agentId }) => `arn:aws:bedrock:${region}:${accountId}:agent/${agentId}`);
  return { "bedrock-agent.agents": ids };
}
