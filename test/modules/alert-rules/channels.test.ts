import { afterEach, describe, it, vi } from "vitest";
import type { OrgContext } from "#db/context";
import { changeAlertRule } from "../../../src/modules/alert-rules/change.ts";
import { createAlertRule } from "../../../src/modules/alert-rules/create.ts";
import { NewAlertRule } from "../../../src/modules/alert-rules/shapes.ts";
import { deleteWebhook } from "../../../src/modules/webhooks/delete.ts";
import { newWorld, type World } from "../webhooks/world.ts";
import { ruleBody } from "./samples.ts";

afterEach(() => vi.restoreAllMocks());

/** Deletes the webhook after a rule has looked for it, and before the batch that writes the rule. */
function deletingMeanwhile(world: World, id: string): OrgContext {
  const org = world.org();
  const { atomic } = org.db;
  vi.spyOn(org.db, "atomic").mockImplementation(async (statements) => {
    const answer = await atomic(statements);
    if (JSON.stringify(answer).includes(`channel:${id}`)) await deleteWebhook(world.org(), id, null);
    return answer;
  });
  return org;
}

describe("an alert rule whose webhook is deleted while it is", () => {
  it("made is refused as if it had never been there", async ({ expect }) => {
    const world = await newWorld();
    const { id } = (await world.webhook()).webhook;
    const input = NewAlertRule.parse({ ...ruleBody, channels: [id] });
    await expect(createAlertRule(deletingMeanwhile(world, id), input)).rejects.toMatchObject({
      code: "INVALID_REQUEST",
    });
    expect(await world.rows("SELECT id FROM alert_rules WHERE org_id = ?1")).toEqual([]);
  });

  it("changed is refused as if it had never been there", async ({ expect }) => {
    const world = await newWorld();
    const { id } = (await world.webhook()).webhook;
    const rule = await createAlertRule(world.org(), NewAlertRule.parse(ruleBody));
    const change = changeAlertRule(
      deletingMeanwhile(world, id),
      { id: rule.id, ifMatch: null },
      { route: { by: "tag", key: "team", channels: { web: [id] } } },
    );
    await expect(change).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    expect(await world.rows("SELECT version FROM alert_rules WHERE org_id = ?1")).toEqual([{ version: 1 }]);
  });
});
