import { describe, expect, it } from "vitest";
import { evaluateAlerts } from "#alerts/evaluate";
import { changeAlertRule } from "../../src/modules/alert-rules/change.ts";
import { deleteAlertRule } from "../../src/modules/alert-rules/delete.ts";
import { disconnectAccount } from "../../src/modules/accounts/disconnect.ts";
import { nothingHappened } from "#scans/finding-events";
import { resourceRow } from "../modules/findings/world.ts";
import { AlertWorld, findingsRule, minutes, type FoundFinding } from "./world.ts";

const hour = 60 * minutes;
const states = async (world: AlertWorld) => (await world.alerts()).map(({ status }) => status);
const fresh = async (world: AlertWorld) =>
  (await world.told()).filter(({ name }) => name === "alert.triggered").map(({ message }) => message.fresh);

describe("a rule whose channels change", () => {
  it("tells the end of an alert to everybody who was told of it", async ({ expect }) => {
    const world = await new AlertWorld().make();
    const [before, after, gone] = [await world.channel(), await world.channel(), await world.channel()];
    const rule = await world.rule(findingsRule([before, gone]));
    const found = await world.findings(2);
    await world.open(found.slice(0, 1), null);
    await world.evaluate();
    await changeAlertRule(world.context(), { id: rule.id, ifMatch: null }, { channels: [after] });
    world.advance(minutes);
    await world.open(found.slice(1), null);
    await world.evaluate();
    expect((await world.alerts()).map(({ channels }) => channels)).toEqual([[before, gone, after]]);
    await world.env.DB.prepare("DELETE FROM webhooks WHERE org_id = ?1 AND id = ?2").bind(world.orgId, gone).run();
    world.advance(minutes);
    await world.status(found, "resolved");
    await world.evaluate();
    expect((await world.told()).slice(1).map(({ name, to }) => [name, to.map(({ id }) => id).toSorted()])).toEqual([
      ["alert.triggered", [after]],
      ["alert.resolved", [before, after].toSorted()],
    ]);
  });
});

describe("a score", () => {
  const judged = (checks: Record<string, [number, number, number]>) => async (world: AlertWorld) => {
    const counts = Object.entries(checks).map(([check, [pass, fail, unknown]]) => [check, { pass, fail, unknown }]);
    await world.env.DB.prepare("DELETE FROM daily_verdicts WHERE org_id = ?1").bind(world.orgId).run();
    const row = { org_id: world.orgId, account_id: "", day: "2026-11-23", updated_at: world.now.toISOString() };
    await world.insert("daily_verdicts", [{ ...row, checks: JSON.stringify(Object.fromEntries(counts)) }]);
    await world.look();
  };

  it("is not back where what failed became unknown", async ({ expect }) => {
    const world = await new AlertWorld().make();
    const condition = { kind: "score_below", framework: "cis_aws_3.0", score: 50 };
    await world.rule({ condition, channels: [await world.channel()] });
    const second = [6, 4, 0] as [number, number, number];
    await judged({ kms_rotation_off: [0, 0, 10], efs_unencrypted: second })(world);
    expect(await states(world)).toEqual([]);
    await judged({ kms_rotation_off: [0, 10, 0], efs_unencrypted: second })(world);
    expect(await states(world)).toEqual(["open"]);
    await judged({ kms_rotation_off: [0, 0, 10], efs_unencrypted: second })(world);
    expect(await states(world)).toEqual(["open"]);
    await judged({ kms_rotation_off: [9, 0, 1], efs_unencrypted: second })(world);
    expect(await states(world)).toEqual(["resolved"]);
  });
});

describe("an account that is disconnected", () => {
  it("is not told of: neither what its scan had found, nor what ends in it, nor what is open in it", async ({
    expect,
  }) => {
    const world = await new AlertWorld().make(2);
    const channels = [await world.channel()];
    const [account] = world.accounts;
    const run = await world.run();
    const scan = { id: run.scans[0] ?? "", runId: run.id };
    const accountId = [account?.id ?? ""];
    await world.rule(findingsRule(channels));
    await world.rule({ condition: { kind: "open_findings", filter: { accountId }, moreThan: 2 }, channels });
    await world.rule({
      condition: { kind: "open_findings", filter: { severity: ["high"], service: ["s3"] }, moreThan: 2 },
      channels,
    });
    await world.rule({ condition: { kind: "expiring", withinDays: 30 }, channels });
    await world.evaluate();
    await world.open(await world.findings(5, { service: "s3" }), scan);
    const ends = { expires_at: "2026-12-01T00:00:00.000Z" };
    await world.insert("resources", [await resourceRow(world.orgId, account ?? {}, 1, ends)]);
    await disconnectAccount(world.context(), { id: accountId[0] ?? "", ifMatch: null });
    await world.look();
    expect(await world.told()).toEqual([]);
    // The other one is told of as ever.
    await world.open(await world.findings(3, { service: "s3" }, 1), null);
    await world.look();
    expect((await world.told()).map(({ message }) => message.items[0]?.kind).toSorted()).toEqual([
      "finding",
      "organization",
    ]);
  });
});

describe("what waits to be told", () => {
  it("is told where a route leads that is changed meanwhile", async ({ expect }) => {
    const world = new AlertWorld();
    world.now = new Date("2026-11-23T23:00:00Z");
    await world.make(2);
    const [own, mapped] = [await world.channel(), await world.channel()];
    const quietHours = { from: "22:00", to: "07:00", timeZone: "UTC" };
    const route = (account: number) => ({
      by: "account",
      channels: { [world.accounts[account]?.id ?? ""]: [mapped] },
    });
    const rule = await world.rule(findingsRule([own], { quietHours, route: route(0) }));
    await world.open([...(await world.findings(3)), ...(await world.findings(2, {}, 1))], null);
    await world.evaluate();
    world.advance(hour);
    await changeAlertRule(world.context(), { id: rule.id, ifMatch: null }, { route: null });
    await changeAlertRule(world.context(), { id: rule.id, ifMatch: null }, { route: route(1) });
    await world.evaluate();
    expect(await world.told()).toEqual([]);
    world.now = new Date("2026-11-24T08:00:00Z");
    await world.look();
    const told = (await world.told()).map(({ message, to }) => [message.fresh, to.map(({ id }) => id)]);
    expect(told.toSorted()).toEqual([
      [2, [mapped]],
      [3, [own]],
    ]);
  });

  it("is not told any more when its account is disconnected", async ({ expect }) => {
    const world = await new AlertWorld().make(2);
    await world.rule(findingsRule([await world.channel()], { windowMinutes: 60 }));
    await world.open(await world.findings(1, {}, 1), null);
    await world.evaluate();
    world.advance(30 * minutes);
    await world.open([...(await world.findings(2)), ...(await world.findings(1, {}, 1))], null);
    await world.evaluate();
    world.advance(31 * minutes);
    await disconnectAccount(world.context(), { id: world.accounts[0]?.id ?? "", ifMatch: null });
    await world.evaluate();
    expect(await fresh(world)).toEqual([1, 1]);
  });
});

describe("more things than a rule looks at", () => {
  it("are not over because others came before them", async ({ expect }) => {
    const world = await new AlertWorld().make();
    await world.rule({
      condition: { kind: "expiring", withinDays: 30 },
      channels: [await world.channel()],
      windowMinutes: 0,
    });
    const ending = async (from: number, count: number, expires_at: string): Promise<void> =>
      world.insert(
        "resources",
        await Promise.all(
          Array.from({ length: count }, (_, n) =>
            resourceRow(world.orgId, world.accounts[0] ?? {}, from + n, { expires_at }),
          ),
        ),
      );
    await ending(0, 1, "2026-12-10T00:00:00.000Z");
    await world.look();
    expect(await fresh(world)).toEqual([1]);
    await ending(1, 1_001, "2026-12-01T00:00:00.000Z");
    world.advance(minutes);
    await world.look();
    expect(await fresh(world)).toEqual([1, 1_000]);
    await world.env.DB.prepare("DELETE FROM resources WHERE org_id = ?1 AND expires_at < '2026-12-02'")
      .bind(world.orgId)
      .run();
    world.advance(minutes);
    await world.look();
    expect(await fresh(world)).toEqual([1, 1_000]);
    expect(await states(world)).toEqual(["open"]);
    await world.env.DB.prepare("DELETE FROM resources WHERE org_id = ?1").bind(world.orgId).run();
    await world.look();
    expect(await states(world)).toEqual(["resolved"]);
  });
});

describe("a rule about findings that is new, or begins anew", () => {
  const inbox = (world: AlertWorld) => world.rows("SELECT * FROM alert_inbox WHERE org_id = ?1");

  it("does not hear of what happened before; nothing waits for nobody", async ({ expect }) => {
    const world = await new AlertWorld().make();
    const channels = [await world.channel()];
    const first = await world.rule(findingsRule(channels));
    await world.evaluate();
    const run = await world.run();
    const scan = { id: run.scans[0] ?? "", runId: run.id };
    await world.open(await world.findings(3), scan);
    await deleteAlertRule(world.context(), { id: first.id, ifMatch: null });
    world.advance(hour);
    await world.look();
    expect(await inbox(world)).toEqual([]);
    await world.endScan(run.id, scan.id);
    world.advance(hour);
    await world.rule(findingsRule(channels, {}, { newOnly: true }));
    await world.evaluate();
    expect(await world.told()).toEqual([]);
  });

  it("hears of what a run finds after it, though others hear of all of it", async ({ expect }) => {
    const world = await new AlertWorld().make();
    const channels = [await world.channel()];
    const old = await world.rule(findingsRule(channels));
    const other = await world.rule(findingsRule(channels));
    const renamed = await world.rule(findingsRule(channels));
    await world.evaluate();
    const run = await world.run();
    const scan = { id: run.scans[0] ?? "", runId: run.id };
    await world.open(await world.findings(3), scan);
    world.advance(minutes);
    const young = await world.rule(findingsRule(channels));
    const condition = { kind: "findings", filter: { severity: ["high"] } };
    await changeAlertRule(world.context(), { id: other.id, ifMatch: null }, { condition });
    await changeAlertRule(world.context(), { id: renamed.id, ifMatch: null }, { name: "renamed" });
    world.advance(minutes);
    await world.open(await world.findings(2), scan);
    await world.endScan(run.id, scan.id);
    await world.evaluate();
    const told = await world.told();
    const of = ({ id }: { id: string }) =>
      told.filter(({ message }) => message.ruleId === id).map(({ message }) => message.fresh);
    expect([old, other, renamed, young].map(of)).toEqual([[5], [2], [5], [2]]);
  });

  it("hears of what a task writes after it, though the task began before it", async ({ expect }) => {
    const world = await new AlertWorld().make();
    const run = await world.run();
    const scan = { id: run.scans[0] ?? "", runId: run.id };
    const taskBegan = world.now;
    world.advance(minutes);
    await world.rule(findingsRule([await world.channel()]));
    const later = new Date(world.now.getTime() + 2 * minutes);
    world.now = taskBegan;
    await world.open(await world.findings(3), scan);
    world.now = later;
    await world.endScan(run.id, scan.id);
    await world.evaluate();
    expect(await fresh(world)).toEqual([3]);
  });
});

describe("a finding that becomes critical", () => {
  const raise = async (world: AlertWorld, found: FoundFinding[], scan: { id: string; runId: string } | null) => {
    for (const { row } of found) Object.assign(row, { severity: "critical", severity_rank: 3 });
    await world.env.DB.prepare(
      "UPDATE findings SET severity = 'critical', severity_rank = 3 WHERE org_id = ?1 AND id IN (SELECT value FROM json_each(?2))",
    )
      .bind(world.orgId, JSON.stringify(found.map(({ id }) => id)))
      .run();
    await world.tell(found, scan, (raised) => ({ ...nothingHappened, raised }));
    world.advance(minutes);
    await world.look();
  };

  for (const atLeast of [1, 3]) {
    it(`is told again, and counted once, where ${atLeast} are enough`, async ({ expect }) => {
      const world = await new AlertWorld().make();
      const channels = [await world.channel()];
      await world.rule(findingsRule(channels, {}, { atLeast }));
      const newOnly = await world.rule(findingsRule(channels, {}, { atLeast, newOnly: true }));
      const run = await world.run();
      const scan = { id: run.scans[0] ?? "", runId: run.id };
      const found = await world.findings(3);
      await world.open(found, scan);
      await world.endScan(run.id, scan.id);
      await world.evaluate();
      world.advance(minutes);
      const next = await world.run();
      const nextScan = { id: next.scans[0] ?? "", runId: next.id };
      await raise(world, found.slice(0, 1), nextScan);
      await world.endScan(next.id, nextScan.id);
      await world.look();
      const told = (await world.told()).filter(({ message }) => message.ruleId !== newOnly.id);
      expect(told.map(({ message: { fresh, active, severity } }) => [fresh, active, severity])).toEqual([
        [3, 3, "high"],
        [1, 3, "critical"],
      ]);
      expect(told[1]?.message.summary).toMatch("became critical");
      expect(await world.told()).toHaveLength(3);
      expect((await world.alerts()).map(({ total, status }) => [total, status])).toEqual([
        [3, "open"],
        [3, "open"],
      ]);
      // The alert is critical already.
      await raise(world, found.slice(1, 2), null);
      expect(await world.told()).toHaveLength(3);
      await world.status(found, "resolved");
      await world.look();
      expect(await states(world)).toEqual(["resolved", "resolved"]);
    });
  }
});

describe("what is not to be told", () => {
  it("is an account that is switched off and has not been scanned", async ({ expect }) => {
    const world = await new AlertWorld().make(2);
    const [off] = world.accounts;
    await world.env.DB.prepare("UPDATE accounts SET enabled = 0 WHERE org_id = ?1 AND id = ?2")
      .bind(world.orgId, off?.id ?? "")
      .run();
    world.advance(25 * hour);
    await world.rule({ condition: { kind: "no_complete_scan", hours: 24 }, channels: [await world.channel()] });
    await world.evaluate();
    expect((await world.told()).map(({ message }) => message.items.map(({ title }) => title))).toEqual([["Account 1"]]);
  });

  it.each([
    ["services", '["s3"]', 1],
    ["regions", '["eu-west-1"]', 1],
    ["services", null, 0],
  ])("is an account that was seen as a whole: a scan with %s %s is told %i times", async (column, value, times) => {
    const world = await new AlertWorld().make();
    world.advance(25 * hour);
    await world.rule({ condition: { kind: "no_complete_scan", hours: 24 }, channels: [await world.channel()] });
    const run = await world.run();
    await world.rows(`UPDATE scans SET ${column} = ?2 WHERE org_id = ?1`, value);
    await world.endScan(run.id, run.scans[0] ?? "");
    await world.look();
    expect(await world.told()).toHaveLength(times);
  });

  it("is hardly read: findings that are counted, and not too many", async ({ expect }) => {
    const world = await new AlertWorld().make();
    const condition = { kind: "open_findings", filter: { severity: ["high"] }, moreThan: 1_000 };
    await world.rule({ condition, channels: [await world.channel()] });
    await world.open(await world.findings(800), null);
    await world.evaluate();
    world.advance(hour);
    const org = world.context();
    await evaluateAlerts(org);
    expect(org.db.meter.rowsRead).toBeLessThan(100);
    await world.open(await world.findings(300), null);
    await world.look();
    expect(await fresh(world)).toEqual([1]);
  });
});
