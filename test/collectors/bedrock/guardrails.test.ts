import { describe, it } from "vitest";
import { collector } from "#collectors/bedrock/guardrails";
import { allOf, collect, fakeAws } from "../../support/fake-aws.ts";

const arnOf = (id: string): string => `arn:aws:bedrock:eu-west-1:111122223333:guardrail/${id}`;
const guardrail = (id: string) => ({
  id,
  arn: arnOf(id),
  status: "READY",
  name: "no-secrets",
  version: "DRAFT",
  createdAt: "2025-11-21T15:26:04.209Z",
  updatedAt: "2025-12-01T10:00:00Z",
});
const first = "eu-west-1 /guardrails?maxResults=1000";

describe("bedrock.guardrails", () => {
  it("reads a guardrail", async ({ expect }) => {
    const aws = fakeAws({
      [first]: JSON.stringify({ guardrails: [guardrail("g1")] }),
      GetResources: JSON.stringify({
        ResourceTagMappingList: [{ ResourceARN: arnOf("g1"), Tags: [{ Key: "team", Value: "ai" }] }],
      }),
    });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: arnOf("g1"),
        arn: arnOf("g1"),
        name: "no-secrets",
        state: "READY",
        tags: { team: "ai" },
        tagsUnread: false,
        createdAt: "2025-11-21T15:26:04.209Z",
        costMonthly: 0,
        attributes: { guardrailId: "g1", version: "DRAFT", updatedAt: "2025-12-01T10:00:00.000Z" },
      },
    ]);
    expect(aws.asked).toEqual([
      'ListGuardrails {"maxResults":1000}',
      `GetResources {"ResourceARNList":["${arnOf("g1")}"]}`,
    ]);
  });

  it("goes through all pages, and says when tags could not be read", async ({ expect }) => {
    const aws = fakeAws({
      [first]: JSON.stringify({ guardrails: [guardrail("g1")], nextToken: "n=" }),
      [`${first}&nextToken=n%3D`]: JSON.stringify({ guardrails: [guardrail("g2")] }),
    });
    const pages = await collect(collector, aws);
    expect(pages.map((page) => page.map(({ nativeId, tagsUnread }) => [nativeId, tagsUnread]))).toEqual([
      [[arnOf("g1"), true]],
      [[arnOf("g2"), true]],
    ]);
  });

  it("makes one call for a region without guardrails", async ({ expect }) => {
    const aws = fakeAws({ [first]: '{"guardrails":[]}' });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.calls).toHaveLength(1);
  });

  it("fails as a whole when the list is denied, or is no list", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    await expect(allOf(collector, fakeAws({ [first]: "{}" }))).rejects.toThrow();
  });
});
