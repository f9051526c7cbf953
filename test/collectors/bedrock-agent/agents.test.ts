import { describe, it } from "vitest";
import { collector } from "#collectors/bedrock-agent/agents";
import { allOf, collect, fakeAws } from "../../support/fake-aws.ts";

const bedrock = "arn:aws:bedrock:eu-west-1:111122223333:";
const summary = (agentId: string, guardrailIdentifier?: string) => ({
  agentId,
  agentName: "helper",
  agentStatus: "PREPARED",
  updatedAt: "2025-12-01T10:00:00Z",
  latestAgentVersion: "3",
  ...(guardrailIdentifier === undefined
    ? {}
    : { guardrailConfiguration: { guardrailIdentifier, guardrailVersion: "1" } }),
});
const ListAgents = (...agents: readonly object[]): string => JSON.stringify({ agentSummaries: agents });
const detail = (more: object = {}): string =>
  JSON.stringify({
    agent: {
      agentId: "A1",
      agentName: "helper",
      agentArn: `${bedrock}agent/A1`,
      agentVersion: "DRAFT",
      agentStatus: "PREPARED",
      idleSessionTTLInSeconds: 600,
      agentResourceRoleArn: "arn:aws:iam::111122223333:role/agent",
      foundationModel: "anthropic.claude",
      createdAt: "2025-11-21T15:26:04.209Z",
      ...more,
    },
  });
const GetResources = '{"ResourceTagMappingList":[]}';
const gone = { status: 404, body: '{"__type":"ResourceNotFoundException","message":"No"}' };

describe("bedrock-agent.agents", () => {
  it("asks an agent without a guardrail for the rest", async ({ expect }) => {
    const aws = fakeAws({
      ListAgents: ListAgents(summary("A1")),
      GetAgent: detail({ customerEncryptionKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/1" }),
      GetResources: JSON.stringify({
        ResourceTagMappingList: [{ ResourceARN: `${bedrock}agent/A1`, Tags: [{ Key: "team", Value: "ai" }] }],
      }),
    });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: `${bedrock}agent/A1`,
        arn: `${bedrock}agent/A1`,
        name: "helper",
        state: "PREPARED",
        tags: { team: "ai" },
        tagsUnread: false,
        createdAt: "2025-11-21T15:26:04.209Z",
        costMonthly: 0,
        relations: [
          { kind: "assumes", resourceType: "AWS::IAM::Role", target: "arn:aws:iam::111122223333:role/agent" },
          { kind: "encryptedBy", resourceType: "AWS::KMS::Key", target: "arn:aws:kms:eu-west-1:111122223333:key/1" },
        ],
        attributes: {
          agentId: "A1",
          guardrailId: null,
          guardrailVersion: null,
          roleArn: "arn:aws:iam::111122223333:role/agent",
          foundationModel: "anthropic.claude",
          kmsKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/1",
          latestVersion: "3",
        },
      },
    ]);
    expect(aws.asked).toEqual([
      'ListAgents {"maxResults":1000}',
      'GetAgent {"agentId":"A1"}',
      `GetResources {"ResourceARNList":["${bedrock}agent/A1"]}`,
    ]);
    expect(aws.calls[1]?.request).toBe("eu-west-1 /agents/A1/");
  });

  it("asks no agent whose guardrail the list tells", async ({ expect }) => {
    const aws = fakeAws({
      ListAgents: ListAgents(summary("A1", "g1"), summary("A2", `${bedrock}guardrail/g2`)),
      GetResources,
    });
    const found = await allOf(collector, aws);
    expect(found.map(({ relations }) => relations)).toEqual([
      [{ kind: "guardedBy", resourceType: "AWS::Bedrock::Guardrail", target: `${bedrock}guardrail/g1` }],
      [{ kind: "guardedBy", resourceType: "AWS::Bedrock::Guardrail", target: `${bedrock}guardrail/g2` }],
    ]);
    expect(found[0]).toMatchObject({
      createdAt: null,
      attributes: { guardrailId: "g1", guardrailVersion: "1", roleArn: null, foundationModel: null, kmsKeyArn: null },
    });
    expect(aws.calls).toHaveLength(2);
  });

  it("takes the guardrail from the agent where the list leaves it out", async ({ expect }) => {
    const aws = fakeAws({
      ListAgents: ListAgents(summary("A1")),
      GetAgent: detail({ guardrailConfiguration: { guardrailIdentifier: "g1", guardrailVersion: "DRAFT" } }),
      GetResources,
    });
    expect((await allOf(collector, aws))[0]?.attributes).toMatchObject({
      guardrailId: "g1",
      guardrailVersion: "DRAFT",
    });
  });

  it("says undefined where the agent is denied, and leaves out the one that is gone", async ({ expect }) => {
    const aws = fakeAws({
      ListAgents: ListAgents(summary("A1"), summary("A2")),
      GetAgent: ({ agentId }) => (agentId === "A2" ? gone : undefined),
    });
    const found = await allOf(collector, aws);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ tagsUnread: true, relations: [] });
    expect(found[0]?.attributes).toEqual({
      agentId: "A1",
      guardrailId: undefined,
      guardrailVersion: undefined,
      roleArn: undefined,
      foundationModel: undefined,
      kmsKeyArn: undefined,
      latestVersion: "3",
    });
    expect(aws.gaps).toEqual(["GetAgent", "GetResources"]);
  });

  it("goes through all pages", async ({ expect }) => {
    const aws = fakeAws({
      ListAgents: ({ nextToken }) =>
        JSON.stringify({
          agentSummaries: [summary(nextToken === "2" ? "A2" : "A1", "g1")],
          nextToken: nextToken === "2" ? null : "2",
        }),
      GetResources,
    });
    const pages = await collect(collector, aws);
    expect(pages.map((page) => page.map(({ attributes }) => attributes.agentId))).toEqual([["A1"], ["A2"]]);
  });

  it("makes one call for a region without agents", async ({ expect }) => {
    const aws = fakeAws({ ListAgents: ListAgents() });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.calls).toHaveLength(1);
  });

  it("fails as a whole when the list is denied, or is no list", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    await expect(allOf(collector, fakeAws({ ListAgents: "{}" }))).rejects.toThrow();
  });
});
