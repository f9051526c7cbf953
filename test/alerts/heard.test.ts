import { describe, it } from "vitest";
import { newId } from "#lib/id";
import { disconnectAccount } from "../../src/modules/accounts/disconnect.ts";
import { AlertWorld, findingsRule, type FoundFinding } from "./world.ts";

/** Webhooks that filter by accounts, and what each of them heard. */
async function listeners(world: AlertWorld) {
  const [a = "", b = ""] = world.accounts.map(({ id }) => id);
  const webhook = (ids: readonly string[] | null) =>
    world.channel({ kind: "webhook", events: '["*"]', account_ids: ids && JSON.stringify(ids) });
  const ids = { a: await webhook([a]), b: await webhook([b]), both: await webhook([a, b]), all: await webhook(null) };
  const heard = async (name: string): Promise<string[]> => {
    const last = (await world.told()).findLast((told) => told.name === name);
    return Object.entries(ids).flatMap(([key, id]) => (last?.to.some((to) => to.id === id) ? [key] : []));
  };
  const channel = await world.channel();
  return { heard, channel };
}

/** A policy that the last scan of this account fails. */
async function fail(world: AlertWorld, accountId: string): Promise<void> {
  const [id, now] = [newId(), world.now.toISOString()];
  const policy = { org_id: world.orgId, id, name: "Gate", description: "", enabled: 1, conditions: "[]", version: 1 };
  await world.insert("policies", [{ ...policy, created_at: now, updated_at: now }]);
  await world.rows("UPDATE accounts SET last_scan_id = 'scan-1' WHERE org_id = ?1 AND id = ?2", accountId);
  const own = { org_id: world.orgId, id: newId(), policy_id: id, policy_version: 1, policy_name: "Gate" };
  const evaluation = { ...own, scan_id: "scan-1", account_id: accountId, trigger: "scan", result: "fail" };
  await world.insert("evaluations", [{ ...evaluation, conditions: "[]", created_at: now }]);
}

async function tell(world: AlertWorld, found: readonly FoundFinding[]): Promise<void> {
  await world.open(found, null);
  await world.evaluate();
}

describe("webhooks that filter by account hear of an alert", () => {
  it("that is about one of theirs, and of no other", async ({ expect }) => {
    const world = await new AlertWorld().make(2);
    const { heard, channel } = await listeners(world);
    await world.rule(findingsRule([channel]));
    const found = await world.findings(1, {}, 1);
    await tell(world, found);
    expect(await heard("alert.triggered")).toEqual(["b", "both", "all"]);
    world.advance(60_000);
    await world.status(found, "resolved");
    await world.look();
    expect(await heard("alert.resolved")).toEqual(["b", "both", "all"]);
  });

  it("also where its message has no room for what is theirs; and of its end", async ({ expect }) => {
    const world = await new AlertWorld().make(2);
    const { heard, channel } = await listeners(world);
    await world.rule(findingsRule([channel]));
    const many = await world.findings(15, { severity: "critical", severity_rank: 3 }, 1);
    await tell(world, many);
    expect(await heard("alert.triggered")).toEqual(["b", "both", "all"]);
    world.advance(60_000);
    const graver = await world.findings(11, { severity: "critical", severity_rank: 3 }, 1);
    const mixed = [...graver, ...(await world.findings(1, { severity: "low", severity_rank: 0 }, 0))];
    await tell(world, mixed);
    expect(await heard("alert.triggered")).toEqual(["a", "b", "both", "all"]);
    world.advance(60_000);
    await world.status([...many, ...mixed], "resolved");
    await world.look();
    expect(await heard("alert.resolved")).toEqual(["a", "b", "both", "all"]);
  });

  it("of how things are, by where they are; what is about the whole organization they all hear", async ({ expect }) => {
    const world = await new AlertWorld().make(2);
    const { heard, channel } = await listeners(world);
    await world.rule({ condition: { kind: "scan_ended", states: ["error"] }, channels: [channel] });
    await world.rows(
      "UPDATE accounts SET last_scan_state = 'error' WHERE org_id = ?1 AND id = ?2",
      world.accounts[0]?.id,
    );
    await world.look();
    expect(await heard("alert.triggered")).toEqual(["a", "both", "all"]);
    world.advance(60_000);
    await world.rule({ condition: { kind: "spend_over", usd: 1 }, channels: [channel] });
    await world.rows("UPDATE accounts SET monthly_spend = 5 WHERE org_id = ?1");
    await world.look();
    expect(await heard("alert.triggered")).toEqual(["a", "b", "both", "all"]);
  });

  it("whose end comes because its account is gone, if they heard of it", async ({ expect }) => {
    const world = await new AlertWorld().make(2);
    const { heard, channel } = await listeners(world);
    const id = world.accounts[0]?.id ?? "";
    await world.rule({ condition: { kind: "scan_ended", states: ["error"] }, channels: [channel] });
    await world.rows("UPDATE accounts SET last_scan_state = 'error' WHERE org_id = ?1 AND id = ?2", id);
    await world.look();
    world.advance(60_000);
    await disconnectAccount(world.context(), { id, ifMatch: null });
    await world.evaluate();
    expect(await heard("alert.resolved")).toEqual(["a", "both", "all"]);
  });

  it("on the score of one account", async ({ expect }) => {
    const world = await new AlertWorld().make(2);
    const { heard, channel } = await listeners(world);
    const [account] = world.accounts;
    const [id, awsAccountId] = [account?.id ?? "", account?.["aws_account_id"]];
    const checks = JSON.stringify({ kms_rotation_off: { pass: 1, fail: 9, unknown: 0 } });
    const row = { org_id: world.orgId, account_id: id, day: "2026-11-23", checks };
    await world.insert("daily_verdicts", [{ ...row, updated_at: world.now.toISOString() }]);
    const condition = { kind: "score_below", framework: "cis_aws_3.0", score: 50, accountId: id };
    await world.rule({ condition, channels: [channel] });
    await world.evaluate();
    expect(await heard("alert.triggered")).toEqual(["a", "both", "all"]);
    expect((await world.told())[0]?.message.items).toMatchObject([{ awsAccountId }]);
  });

  it("on the open findings of their accounts", async ({ expect }) => {
    const world = await new AlertWorld().make(2);
    const { heard, channel } = await listeners(world);
    const condition = { kind: "open_findings", filter: { accountId: [world.accounts[0]?.id] }, moreThan: 2 };
    await world.rule({ condition, channels: [channel] });
    await world.open(await world.findings(3), null);
    await world.look();
    expect(await heard("alert.triggered")).toEqual(["a", "both", "all"]);
  });

  it("on a policy that one of their accounts fails", async ({ expect }) => {
    const world = await new AlertWorld().make(2);
    const { heard, channel } = await listeners(world);
    await world.rule({ condition: { kind: "policy_failed" }, channels: [channel] });
    await fail(world, world.accounts[1]?.id ?? "");
    await world.look();
    expect(await heard("alert.triggered")).toEqual(["b", "both", "all"]);
  });
});
