import { describe, it } from "vitest";
import type { QuietHours } from "#db/values";
import { resolveAlert } from "../../src/modules/alerts/resolve.ts";
import { AlertWorld, findingsRule, minutes } from "./world.ts";

const quietHours: QuietHours = { from: "22:00", to: "07:00", timeZone: "UTC", exceptCritical: true };
const critical = { severity: "critical", severity_rank: 3 };
const morning = "2026-11-24T07:00:00.000Z";

/** A world in the evening, with one channel and one rule. */
async function evening(at: string, more: Record<string, unknown> = {}, channel = {}): Promise<AlertWorld> {
  const world = new AlertWorld();
  world.now = new Date(`2026-11-23T${at}:00Z`);
  await world.make();
  await world.rule(findingsRule([await world.channel(channel)], { quietHours, windowMinutes: 60, ...more }));
  await world.evaluate();
  return world;
}

/** Goes on until then, looking at the rules whenever the clock says so, as the cron job does. */
async function until(world: AlertWorld, to: string): Promise<void> {
  const end = Date.parse(to);
  for (;;) {
    const [clock] = await world.rows<{ due_at: string }>("SELECT due_at FROM alert_clocks WHERE org_id = ?1");
    const due = Math.max(Date.parse(clock?.due_at ?? to), world.now.getTime() + 1);
    if (due > end) break;
    world.now = new Date(due);
    await world.evaluate();
  }
  world.now = new Date(end);
}

const summed = async (world: AlertWorld) =>
  (await world.told()).map(({ name, message: { fresh, severity }, to }) => [name, fresh, severity, to[0]?.at]);

describe("in quiet hours", () => {
  it("nothing is told of what came and went, and what is left in one message when they end", async ({ expect }) => {
    const world = await evening("22:30");
    const gone = await world.findings(3);
    await world.open(gone, null);
    await until(world, "2026-11-24T02:00:00.000Z");
    await world.status(gone, "resolved");
    for (let n = 0; n < 3; n += 1) {
      await world.open(await world.findings(1), null);
      await until(world, new Date(world.now.getTime() + 60 * minutes).toISOString());
    }
    expect(await world.told()).toEqual([]);
    await until(world, "2026-11-24T09:00:00.000Z");
    expect(await summed(world)).toEqual([["alert.triggered", 3, "high", morning]]);
  });

  it("what is critical is told, with all that waits; what comes then waits again", async ({ expect }) => {
    const world = await evening("22:30");
    const found = await world.findings(2);
    await world.open(found, null);
    await until(world, "2026-11-24T02:30:00.000Z");
    const worst = await world.findings(1, critical);
    await world.open(worst, null);
    await world.evaluate();
    const told = ["alert.triggered", 3, "critical", "2026-11-24T02:30:00.000Z"];
    expect(await summed(world)).toEqual([told]);
    await until(world, "2026-11-24T04:30:00.000Z");
    await world.open(await world.findings(1), null);
    await until(world, "2026-11-24T06:59:00.000Z");
    expect(await summed(world)).toEqual([told]);
    await until(world, morning);
    expect(await summed(world)).toEqual([told, ["alert.triggered", 1, "critical", morning]]);
  });

  it("is held what is critical, too, where the rule says so; an occasion that was enough stays enough", async ({
    expect,
  }) => {
    const condition = { kind: "findings", newOnly: false, atLeast: 3 };
    const world = await evening("23:00", { quietHours: { ...quietHours, exceptCritical: false }, condition });
    const found = await world.findings(3, critical);
    await world.open(found, null, 3);
    await world.evaluate();
    await world.status(found.slice(0, 2), "resolved");
    await until(world, "2026-11-24T08:00:00.000Z");
    expect(await summed(world)).toEqual([["alert.triggered", 1, "critical", morning]]);
  });

  for (const kind of ["slack", "pagerduty"] as const) {
    it(`the end of what was told is told to ${kind} ${kind === "slack" ? "when they end" : "at once"}`, async ({
      expect,
    }) => {
      for (const by of ["system", "user"]) {
        const world = await evening("20:00", {}, { kind });
        const found = await world.findings(1);
        await world.open(found, null);
        await world.evaluate();
        await until(world, "2026-11-24T02:40:00.000Z");
        const [alert] = await world.alerts();
        if (by === "user") await resolveAlert(world.context(), { id: alert?.id ?? "", ifMatch: null });
        else await world.status(found, "resolved");
        await world.evaluate();
        expect((await world.alerts()).map(({ status }) => status)).toEqual(["resolved"]);
        expect(await summed(world)).toEqual([
          ["alert.triggered", 1, "high", "2026-11-23T20:00:00.000Z"],
          ["alert.resolved", 0, "high", kind === "slack" ? morning : "2026-11-24T02:40:00.000Z"],
        ]);
      }
    });
  }
});
