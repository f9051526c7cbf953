import { describe, it } from "vitest";
import { resourceRow } from "../modules/findings/world.ts";
import { AlertWorld, findingsRule, minutes } from "./world.ts";

describe("a rule about findings", () => {
  it("tells of a run once, when it has ended, however many scans it has", async ({ expect }) => {
    const world = await new AlertWorld().make(3);
    const channel = await world.channel();
    const { id } = await world.rule(findingsRule([channel]));
    const run = await world.run(3);
    for (const [n, scan] of run.scans.entries()) {
      await world.open(await world.findings(2, {}, n), { id: scan, runId: run.id });
      await world.look();
      expect(await world.told()).toEqual([]);
      await world.endScan(run.id, scan);
    }
    await world.evaluate();
    const [only, ...others] = await world.told();
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      name: "alert.triggered",
      message: { fresh: 6, active: 6, omitted: 0, runId: run.id, severity: "high", ruleId: id, status: "open" },
      to: [{ id: channel, at: world.now.toISOString() }],
    });
    expect(only?.message.items.map(({ accountName }) => accountName).toSorted()).toEqual([
      "Account 0",
      "Account 0",
      "Account 1",
      "Account 1",
      "Account 2",
      "Account 2",
    ]);
    expect((await world.ruleNow(id)).last).toEqual({ at: world.now.toISOString(), matched: 6, messages: 1 });
    expect(await world.rows("SELECT * FROM alert_inbox WHERE org_id = ?1")).toEqual([]);
    await world.look();
    expect(await world.told()).toHaveLength(1);
  });

  it("makes one alert and one message of a storm of 5,000, and says so", async ({ expect }) => {
    const world = await new AlertWorld().make();
    const channel = await world.channel();
    const rules = [
      await world.rule(findingsRule([channel])),
      await world.rule(findingsRule([channel], {}, { filter: { severity: ["critical"] } })),
    ];
    const run = await world.run();
    const scan = { id: run.scans[0] ?? "", runId: run.id };
    await world.open(await world.findings(4_900), scan);
    await world.open(await world.findings(100, { severity: "critical", severity_rank: 3 }), scan);
    await world.endScan(run.id, scan.id);
    await world.evaluate();
    const told = await world.told();
    expect(told.map(({ message: { fresh, items, omitted } }) => [fresh, items.length, omitted]).toSorted()).toEqual([
      [100, 10, 90],
      [5_000, 10, 4_990],
    ]);
    expect(told.map(({ to }) => to.length)).toEqual([1, 1]);
    for (const { message } of told)
      expect(message.items.map(({ severity }) => severity)).toEqual(Array(10).fill("critical"));
    expect(await world.alerts()).toHaveLength(2);
    expect(await Promise.all(rules.map(async ({ id }) => (await world.ruleNow(id)).last))).toEqual([
      { at: world.now.toISOString(), matched: 5_000, messages: 1 },
      { at: world.now.toISOString(), matched: 100, messages: 1 },
    ]);
  });

  it("resolves by itself when none of them is open any more, and re-fires when one comes back", async ({ expect }) => {
    const world = await new AlertWorld().make();
    const channel = await world.channel();
    await world.rule(findingsRule([channel]));
    const found = await world.findings(3);
    await world.open(found, null);
    await world.evaluate();
    world.advance(minutes);
    await world.status(found.slice(0, 2), "resolved");
    await world.evaluate();
    expect((await world.alerts()).map(({ status }) => status)).toEqual(["open"]);
    await world.status(found.slice(2), "ignored");
    await world.evaluate();
    expect((await world.alerts()).map(({ status, resolvedBy }) => [status, resolvedBy])).toEqual([
      ["resolved", "system"],
    ]);
    expect((await world.told()).map(({ name, to }) => [name, to.length])).toEqual([
      ["alert.triggered", 1],
      ["alert.resolved", 1],
    ]);
    world.advance(minutes);
    await world.reopen(found.slice(0, 1), null);
    await world.evaluate();
    expect((await world.alerts()).map(({ status }) => status)).toEqual(["resolved", "open"]);
    expect((await world.told()).at(-1)?.message).toMatchObject({ fresh: 1, active: 1 });
  });

  it("is about open ones only: what is over when the run ends is not told", async ({ expect }) => {
    const world = await new AlertWorld().make();
    await world.rule(findingsRule([await world.channel()]));
    const run = await world.run();
    const scan = { id: run.scans[0] ?? "", runId: run.id };
    const found = await world.findings(2);
    await world.open(found, scan);
    await world.status(found.slice(0, 1), "ignored");
    await world.endScan(run.id, scan.id);
    await world.evaluate();
    expect((await world.told()).map(({ message }) => message.items.map(({ id }) => id))).toEqual([[found[1]?.id]]);
  });

  it("holds back what is new within the window, and tells it together at its end", async ({ expect }) => {
    const world = await new AlertWorld().make();
    await world.rule(findingsRule([await world.channel()], { windowMinutes: 30 }));
    await world.open(await world.findings(1), null);
    await world.evaluate();
    for (let n = 0; n < 3; n += 1) {
      world.advance(5 * minutes);
      await world.open(await world.findings(2), null);
      await world.evaluate();
    }
    expect(await world.told()).toHaveLength(1);
    const [clock] = await world.rows<{ due_at: string }>("SELECT due_at FROM alert_clocks WHERE org_id = ?1");
    expect(Date.parse(clock?.due_at ?? "")).toBe(world.now.getTime() + 15 * minutes);
    world.advance(15 * minutes);
    await world.evaluate();
    expect((await world.told()).map(({ message: { fresh, active } }) => [fresh, active])).toEqual([
      [1, 1],
      [6, 7],
    ]);
    expect((await world.alerts()).map((alert) => [alert.messages, alert.total])).toEqual([[2, 7]]);
  });

  it("waits for so many of them in one run, and forgets fewer", async ({ expect }) => {
    const world = await new AlertWorld().make();
    await world.rule(findingsRule([await world.channel()], {}, { atLeast: 3 }));
    for (const count of [2, 2, 3]) {
      const run = await world.run();
      const scan = { id: run.scans[0] ?? "", runId: run.id };
      await world.open(await world.findings(count), scan);
      await world.endScan(run.id, scan.id);
      await world.evaluate();
      world.advance(minutes);
    }
    expect((await world.told()).map(({ message }) => message.fresh)).toEqual([3]);
  });

  it("tells of what is new only, when it is asked to", async ({ expect }) => {
    const world = await new AlertWorld().make();
    const channel = await world.channel();
    await world.rule(findingsRule([channel], {}, { newOnly: true }));
    const found = await world.findings(1);
    await world.open(found, null);
    await world.status(found, "resolved");
    await world.reopen(found, null);
    await world.evaluate();
    // It opened, and is open: that it was away meanwhile does not matter.
    expect(await world.told()).toHaveLength(1);
    world.advance(minutes);
    await world.status(found, "resolved");
    await world.reopen(found, null);
    await world.evaluate();
    expect((await world.told()).filter(({ name }) => name === "alert.triggered")).toHaveLength(1);
  });
});

describe("routing", () => {
  it("tells each owner of a tag of their own, and the rule's channels of the rest", async ({ expect }) => {
    const world = await new AlertWorld().make();
    const [fallback, red, blue] = [await world.channel(), await world.channel(), await world.channel()];
    await world.rule(
      findingsRule([fallback], { route: { by: "tag", key: "owner", channels: { red: [red], blue: [blue] } } }),
    );
    const found = await world.findings(7);
    const owners = ["red", "red", "blue", "green", null, "blue", "blue"];
    const things = await Promise.all(
      found.map(({ row }, n) =>
        resourceRow(world.orgId, world.accounts[0] ?? {}, 5_000 + n, {
          id: `${world.orgId}-${n}`,
          tags: JSON.stringify(owners[n] ? { owner: owners[n], other: "red" } : {}),
        }).then((thing) => {
          row["resource_id"] = thing.id;
          return thing;
        }),
      ),
    );
    await world.insert("resources", things);
    await world.open(found, null);
    await world.evaluate();
    const told = await world.told();
    expect(
      Object.fromEntries(told.map(({ message, to }) => [message.group ?? "", [message.fresh, to.map(({ id }) => id)]])),
    ).toEqual({
      red: [2, [red]],
      blue: [3, [blue]],
      "": [2, [fallback]],
    });
    expect(await world.alerts()).toHaveLength(3);
  });

  it("tells each mapped account by itself", async ({ expect }) => {
    const world = await new AlertWorld().make(3);
    const [fallback, own] = [await world.channel(), await world.channel()];
    const [first] = world.accounts;
    await world.rule(
      findingsRule([fallback], { route: { by: "account", channels: { [String(first?.["aws_account_id"])]: [own] } } }),
    );
    const run = await world.run(3);
    for (const [n, scan] of run.scans.entries()) {
      await world.open(await world.findings(2, {}, n), { id: scan, runId: run.id });
      await world.endScan(run.id, scan);
    }
    await world.evaluate();
    const told = await world.told();
    expect(
      Object.fromEntries(told.map(({ message, to }) => [message.group ?? "", [message.fresh, to[0]?.id]])),
    ).toEqual({
      [first?.id ?? ""]: [2, own],
      "": [4, fallback],
    });
  });
});
