import type { About, Check, Examples } from "#checks/check";
import { exampleAgent, exampleGuardrail, exampleLogging } from "./examples.ts";

export const check: Check<"bedrock.modelInvocationLogging", object, "bedrock.guardrails" | "bedrock-agent.agents"> = {
  id: "bedrock_invocation_logging_off",
  severity: "medium",
  category: "security",
  domain: "ai",
  effort: "low",
  confidence: 0.95,
  drift: true,
  resources: ["bedrock.modelInvocationLogging"],
  reads: ["bedrock.guardrails", "bedrock-agent.agents"],
  condense: {
    "bedrock.modelInvocationLogging": ({ attributes: { s3BucketName, logGroupName }, observed }) => ({
      s3BucketName,
      logGroupName,
      invocations30Days: observed?.invocations30Days,
    }),
    "bedrock.guardrails": () => ({}),
    "bedrock-agent.agents": () => ({}),
  },
  decisive: [],
  params: {},
  judge({ attributes: { s3BucketName, logGroupName }, observed }, { others, place }) {
    if (s3BucketName !== null || logGroupName !== null) return { status: "pass" };
    const hasThings = others("bedrock.guardrails").length + others("bedrock-agent.agents").length > 0;
    const invocations = observed?.invocations30Days;
    if (!hasThings && invocations === undefined)
      return { status: "unknown", reason: "cloudwatch:GetMetricData did not tell whether Bedrock is used here" };
    if (!hasThings && !invocations) return null;
    return {
      status: "fail",
      summary: `Bedrock is used in ${place.region} and writes no log of it.`,
      details: { region: place.region, loggingConfig: null },
      evidence: [
        { call: "bedrock:GetModelInvocationLoggingConfiguration", field: "loggingConfig", value: null },
        ...(hasThings ? [] : [{ call: "cloudwatch:GetMetricData", field: "AWS/Bedrock Invocations", value: "> 0" }]),
      ],
    };
  },
};

export const about: About = {
  title: "Nobody records what Bedrock's models are asked",
  rationale:
    "After an abuse, a leak or the theft of credentials nobody can tell what the models were asked, and what they gave away.",
  remediation:
    "Switch model invocation logging on, into a bucket that is encrypted, closed to all but a few, and emptied after some months.",
  controls: { iso_27001_2022: ["A.8.15"], soc2: ["cc_a_1_1"] },
};

export function examples(): Examples<"bedrock.modelInvocationLogging"> {
  const guardrails = { "bedrock.guardrails": [exampleGuardrail()] };
  return {
    pass: [
      { name: "into a bucket", found: exampleLogging({ s3BucketName: "logs" }), others: guardrails },
      { name: "into a log group", found: exampleLogging({ logGroupName: "bedrock" }), others: guardrails },
    ],
    fail: [
      { name: "a guardrail exists", found: exampleLogging(), others: guardrails, expect: { severity: "medium" } },
      {
        name: "an agent exists",
        found: exampleLogging({}, { invocations30Days: 0 }),
        others: { "bedrock-agent.agents": [exampleAgent()] },
      },
      {
        name: "models were asked",
        found: exampleLogging({}, { invocations30Days: 1 }),
        expect: { details: { region: "eu-west-1" } },
      },
      {
        name: "a guardrail exists, figures denied",
        found: exampleLogging({}, { invocations30Days: undefined }),
        others: guardrails,
      },
    ],
    unknown: [{ name: "figures denied", found: exampleLogging({}, { invocations30Days: undefined }) }],
    notApplicable: [
      { name: "no figures", found: exampleLogging() },
      { name: "nothing asked", found: exampleLogging({}, { invocations30Days: 0 }) },
    ],
  };
}
