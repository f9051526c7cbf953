import type { FoundBy } from "#collectors/registry";

type Logging = FoundBy<"bedrock.modelInvocationLogging">;

/** A region where Bedrock logs nothing and was not used, but for what is given. */
export const exampleLogging = (
  attributes: Partial<Logging["attributes"]> = {},
  observed: Logging["observed"] = { invocations30Days: null },
): Logging => ({
  nativeId: "eu-west-1",
  arn: null,
  name: null,
  state: null,
  tags: {},
  createdAt: null,
  attributes: {
    s3BucketName: null,
    s3KeyPrefix: null,
    logGroupName: null,
    textDelivered: null,
    imageDelivered: null,
    embeddingDelivered: null,
    ...attributes,
  },
  observed,
});

export const exampleGuardrail = (state = "READY"): FoundBy<"bedrock.guardrails"> => {
  const arn = "arn:aws:bedrock:eu-west-1:111122223333:guardrail/gr0a1b2c3d4e";
  return {
    nativeId: arn,
    arn,
    name: "default",
    state,
    tags: {},
    createdAt: "2026-01-01T00:00:00.000Z",
    attributes: { guardrailId: "gr0a1b2c3d4e", version: "DRAFT", updatedAt: null },
  };
};

/** An agent with a guardrail, but for what is given. */
export const exampleAgent = (
  attributes: Partial<FoundBy<"bedrock-agent.agents">["attributes"]> = {},
  state = "PREPARED",
): FoundBy<"bedrock-agent.agents"> => {
  const arn = "arn:aws:bedrock:eu-west-1:111122223333:agent/AG0A1B2C3D";
  return {
    nativeId: arn,
    arn,
    name: "helpdesk",
    state,
    tags: {},
    createdAt: null,
    attributes: {
      agentId: "AG0A1B2C3D",
      guardrailId: "gr0a1b2c3d4e",
      guardrailVersion: "1",
      roleArn: null,
      foundationModel: null,
      kmsKeyArn: null,
      latestVersion: "1",
      ...attributes,
    },
  };
};
