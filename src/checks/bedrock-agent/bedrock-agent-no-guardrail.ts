import type { About, Check, Examples, Verdict } from "#checks/check";
import { exampleAgent, exampleGuardrail, exampleLogging } from "#checks/bedrock/examples";
import type { FoundBy } from "#collectors/registry";

type Judged = "bedrock-agent.agents" | "bedrock.modelInvocationLogging";

export const check: Check<Judged, object, "bedrock-agent.agents" | "bedrock.guardrails"> = {
  id: "bedrock_agent_no_guardrail",
  severity: "medium",
  category: "security",
  domain: "ai",
  effort: "medium",
  confidence: 0.9,
  drift: true,
  resources: ["bedrock-agent.agents", "bedrock.modelInvocationLogging"],
  reads: ["bedrock-agent.agents", "bedrock.guardrails"],
  condense: {
    "bedrock-agent.agents": ({ attributes: { guardrailId } }) => ({ guardrailId }),
    "bedrock.modelInvocationLogging": ({ attributes: { s3BucketName, logGroupName }, observed }) => ({
      s3BucketName,
      logGroupName,
      invocations30Days: observed?.invocations30Days,
    }),
    "bedrock.guardrails": () => ({}),
  },
  decisive: [],
  params: {},
  judge(found, { others, place }) {
    if (isAgent(found)) return judgeAgent(found);
    if (!isRegion(found)) return null;
    const { attributes, observed } = found;
    if (others("bedrock.guardrails").some(({ state }) => state === "READY")) return { status: "pass" };
    // What is logged is used; of a region that logs, no figures are asked for.
    const isUsed =
      attributes.s3BucketName !== null ||
      attributes.logGroupName !== null ||
      others("bedrock-agent.agents").length > 0 ||
      Boolean(observed?.invocations30Days);
    if (!isUsed && observed?.invocations30Days === undefined)
      return { status: "unknown", reason: "cloudwatch:GetMetricData did not tell whether Bedrock is used here" };
    if (!isUsed) return null;
    return {
      status: "fail",
      severity: "low",
      summary: `Bedrock is used in ${place.region}, and there is no guardrail.`,
      details: { region: place.region },
      evidence: [{ call: "bedrock:ListGuardrails", field: "guardrails[].status", value: null }],
    };
  },
};

const isRegion = (found: FoundBy<Judged>): found is FoundBy<"bedrock.modelInvocationLogging"> =>
  !found.nativeId.startsWith("arn:");

const isAgent = (found: FoundBy<Judged>): found is FoundBy<"bedrock-agent.agents"> => !isRegion(found);

function judgeAgent({ name, state, attributes: { guardrailId } }: FoundBy<"bedrock-agent.agents">): Verdict {
  if (state === "DELETING") return null;
  if (guardrailId === undefined) return { status: "unknown", reason: "bedrock-agent:GetAgent could not be read" };
  if (guardrailId !== null) return { status: "pass" };
  return {
    status: "fail",
    summary: `Agent ${name} has no guardrail.`,
    details: { agentName: name },
    evidence: [
      { call: "bedrock-agent:GetAgent", field: "agent.guardrailConfiguration.guardrailIdentifier", value: null },
    ],
  };
}

export const about: About = {
  title: "Nothing checks what an agent of Bedrock is told and says",
  rationale:
    "An agent does what it reads. Text that somebody slipped into a document can make it act, or tell what it should keep to itself.",
  remediation: "Make a guardrail with filters for prompt attacks and sensitive information, and put it on the agent.",
  controls: {},
};

export function examples(): Examples<Judged> {
  const agents = { "bedrock-agent.agents": [exampleAgent()] };
  const ready = { "bedrock.guardrails": [exampleGuardrail()] };
  const agent = (...given: Parameters<typeof exampleAgent>) => ({
    by: "bedrock-agent.agents" as const,
    found: exampleAgent(...given),
  });
  const region = (...given: Parameters<typeof exampleLogging>) => ({
    by: "bedrock.modelInvocationLogging" as const,
    found: exampleLogging(...given),
  });
  return {
    pass: [
      { name: "an agent with a guardrail", ...agent() },
      { name: "a region with a guardrail", ...region({}, { invocations30Days: 9 }), others: ready },
    ],
    fail: [
      { name: "an agent without", ...agent({ guardrailId: null }), expect: { severity: "medium" } },
      { name: "a region with an agent", ...region(), others: agents, expect: { severity: "low" } },
      {
        name: "a region whose models were asked",
        ...region({}, { invocations30Days: 1 }),
        expect: { severity: "low" },
      },
      {
        name: "a region that logs",
        ...region({ s3BucketName: "logs" }, { invocations30Days: undefined }),
        expect: { severity: "low" },
      },
      {
        name: "a region whose guardrail is not ready",
        ...region({ logGroupName: "bedrock" }),
        others: { "bedrock.guardrails": [exampleGuardrail("CREATING")] },
      },
    ],
    unknown: [
      { name: "agent denied", ...agent({ guardrailId: undefined }) },
      { name: "figures denied", ...region({}, { invocations30Days: undefined }) },
    ],
    notApplicable: [
      { name: "an agent that goes", ...agent({ guardrailId: null }, "DELETING") },
      { name: "a region that is not used", ...region({}, { invocations30Days: 0 }) },
      { name: "a region without figures", ...region() },
    ],
  };
}
