import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { systemContext, type OrgContext } from "#db/context";
import { claimTask, fenced, leaseMs, LeaseLost, releaseTask } from "#scans/claim";
import { simulated } from "../sim/life.ts";
import { makeScenario, type Scenario } from "../sim/scenario.ts";

const at = ({ orgId, world }: Scenario, laterMs = 0): OrgContext =>
  systemContext(env, { orgId, shard: 0 }, new Date(world.now.getTime() + laterMs), () => undefined);

const rename = (org: OrgContext, accountId: string, name: string) =>
  org.db.sql("UPDATE accounts SET name = ?3 WHERE org_id = ?1 AND id = ?2", org.id, accountId, name);

async function nameOf({ accountId }: Scenario): Promise<string | undefined> {
  return (await env.DB.prepare("SELECT name FROM accounts WHERE id = ?1").bind(accountId).first<{ name: string }>())
    ?.name;
}

describe("a task", () => {
  simulated();

  it("is one holder's at a time, and free again when the lease has ended", async ({ expect }) => {
    const scenario = await makeScenario();
    const scanId = await scenario.scan();
    const claims = await Promise.all(Array.from({ length: 8 }, () => claimTask(at(scenario), scanId, "plan")));
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
    expect(await claimTask(at(scenario, leaseMs - 1), scanId, "plan")).toBeNull();
    expect(await claimTask(at(scenario, leaseMs), scanId, "plan")).toMatchObject({ fence: 2, attempts: 2 });
  });

  it("lets a holder whose lease was lost write nothing, not even in part", async ({ expect }) => {
    const scenario = await makeScenario();
    const scanId = await scenario.scan();
    const first = await claimTask(at(scenario), scanId, "plan");
    if (!first) throw new Error("The task was not free");
    await fenced(first, [rename(first.org, scenario.accountId, "first")]);
    const second = await claimTask(at(scenario, leaseMs), scanId, "plan");
    if (!second) throw new Error("The lease had not ended");
    await expect(fenced(first, [rename(first.org, scenario.accountId, "late")])).rejects.toThrow(LeaseLost);
    expect(await nameOf(scenario)).toBe("first");
    await fenced(second, [rename(second.org, scenario.accountId, "second")]);
    expect(await nameOf(scenario)).toBe("second");
  });

  it("tells a lost lease from a batch that fails for another reason", async ({ expect }) => {
    const scenario = await makeScenario();
    const task = await claimTask(at(scenario), await scenario.scan(), "plan");
    if (!task) throw new Error("The task was not free");
    const broken = task.org.db.sql("SELECT json(?2) WHERE ?1 IS NOT NULL", task.org.id, "{broken");
    await expect(fenced(task, [rename(task.org, scenario.accountId, "half"), broken])).rejects.toThrow(
      /malformed JSON/,
    );
    expect(await nameOf(scenario)).toBe("Simulated");
  });

  it("can be taken at once when its holder gave it back", async ({ expect }) => {
    const scenario = await makeScenario();
    const scanId = await scenario.scan();
    const task = await claimTask(at(scenario), scanId, "plan");
    if (!task) throw new Error("The task was not free");
    await releaseTask(task);
    expect(await claimTask(at(scenario), scanId, "plan")).toMatchObject({ fence: 2 });
  });
});
