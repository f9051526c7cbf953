import { it } from "vitest";
import { viewsOf } from "#scans/views";

it("knows that there is nothing of what a region does not offer", ({ expect }) => {
  const views = viewsOf([{ place: "eu-north-1", facts: new Map([["kms.keys", null]]) }], {
    everyRegion: true,
    costs: null,
  });
  const lists = views.of("eu-north-1");
  expect(lists.get("bedrock-agent.agents")).toEqual([]);
  expect(lists.get("bedrock.guardrails")).toBeUndefined();
  expect(lists.get("kms.keys")).toBeNull();
});
