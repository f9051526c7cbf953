import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import type { Env } from "#env";
import { job } from "../../src/schedules/due-alerts.ts";
import worker from "../../src/worker.ts";
import { createExecutionContext, createMessageBatch, waitOnExecutionContext } from "cloudflare:test";
import { faultyEnv, Io, noFaults, type FaultPlan } from "../sim/faults.ts";
import { withLocalD1 } from "../sim/local-d1.ts";
import { AlertWorld, findingsRule, minutes } from "./world.ts";

/** A world with a rule of each sort and a run of two scans that has ended: what is to be told. */
async function storyOf(bindings: Env = env, begins?: Date): Promise<AlertWorld> {
  const world = new AlertWorld(bindings);
  if (begins) world.now = begins;
  await world.make(2);
  const channel = await world.channel();
  await world.rule(findingsRule([channel]));
  await world.rule(
    findingsRule([channel], { route: { by: "account", channels: { [world.accounts[0]?.id ?? ""]: [channel] } } }),
  );
  await world.rule(findingsRule([channel], {}, { atLeast: 5 }));
  await world.rule({ condition: { kind: "scan_ended", states: ["partial"] }, channels: [channel] });
  await world.evaluate();
  world.advance(minutes);
  const run = await world.run(2);
  for (const [n, scan] of run.scans.entries()) {
    await world.open(await world.findings(3, {}, n), { id: scan, runId: run.id });
    await world.endScan(run.id, scan, n === 0 ? "partial" : "complete");
  }
  await world.open(await world.findings(1), null);
  return world;
}

/** What was told to the channel by each rule: how many messages, and how many things. */
async function outcomeOf(world: AlertWorld): Promise<unknown> {
  const told = await world.told();
  const rules = await world.rows<{ id: string }>("SELECT id FROM alert_rules WHERE org_id = ?1 ORDER BY id");
  const members = await world.rows("SELECT count(*) AS n, sum(told) AS told FROM alert_members WHERE org_id = ?1");
  return {
    told: rules.map(({ id }) =>
      told
        .filter(({ message }) => message.ruleId === id)
        .map(({ name, message: { fresh, active, group }, to }) => [name, fresh, active, group === null, to.length])
        .toSorted(),
    ),
    members,
    inbox: await world.rows("SELECT * FROM alert_inbox WHERE org_id = ?1"),
    alerts: (await world.alerts()).map(({ status, total, messages }) => [status, total, messages]).toSorted(),
  };
}

const expected = {
  told: [
    [["alert.triggered", 7, 7, true, 1]],
    [
      ["alert.triggered", 3, 3, true, 1],
      ["alert.triggered", 4, 4, false, 1],
    ],
    [["alert.triggered", 6, 6, true, 1]],
    [["alert.triggered", 1, 1, true, 1]],
  ],
  members: [{ n: 21, told: 21 }],
  inbox: [],
  alerts: [
    ["open", 1, 1],
    ["open", 3, 1],
    ["open", 4, 1],
    ["open", 6, 1],
    ["open", 7, 1],
  ],
};

/** One invocation with faults. Answers how many operations it made. */
async function invoke(world: AlertWorld, plan: FaultPlan, run: (bindings: Env) => Promise<unknown>): Promise<number> {
  const io = new Io(plan);
  const bindings = faultyEnv(world.env, io, () => undefined, env.ASSETS);
  await run(bindings).catch(() => undefined);
  return io.operations;
}

describe("each thing is told once", () => {
  it("when nothing goes wrong", async ({ expect }) => {
    const world = await storyOf();
    await world.evaluate();
    expect(await outcomeOf(world)).toEqual(expected);
  });

  it("by ten that look side by side, over and over", async ({ expect }) => {
    const world = await storyOf();
    for (let round = 0; round < 3; round += 1) {
      const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => world.evaluate()));
      // One that was always too late says so, and is tried again by the queue.
      expect(outcomes.some(({ status }) => status === "fulfilled")).toBe(true);
      await world.look();
    }
    expect(await outcomeOf(world)).toEqual(expected);
  });

  it("when the process dies, or a call fails, before or after any operation", async ({ expect }) => {
    await withLocalD1("alerts-once", async (db) => {
      const local = { ...env, DB: db } as unknown as Env;
      const counted = await storyOf(local);
      const total = await invoke(counted, noFaults, (bindings) => counted.evaluate(bindings));
      expect(total).toBeGreaterThan(10);
      for (const mode of ["crash", "error"] as const) {
        for (const moment of ["before", "after"] as const) {
          for (let n = 1; n <= total; n += 1) {
            const world = await storyOf(local);
            const plan: FaultPlan = { mode, fails: ({ number }, at) => number === n && at === moment };
            await invoke(world, plan, (bindings) => world.evaluate(bindings));
            await world.evaluate();
            expect(await outcomeOf(world), `${mode} ${moment} ${n} of ${total}`).toEqual(expected);
          }
        }
      }
    });
  }, 300_000);

  it("when messages come never, late or three times, and the cron job skips and doubles ticks", async ({ expect }) => {
    const world = await storyOf(env, new Date(Date.now() - 10 * minutes));
    const tick = (): Promise<void> => job.run(world.env, new Date(), createExecutionContext());
    world.nudges.length = 0;
    await Promise.all([tick(), tick()]);
    const isMine = (body: unknown): boolean => (body as { orgId: string }).orgId === world.orgId;
    expect(world.nudges.filter(isMine)).toHaveLength(2);
    const message = { id: "1", timestamp: new Date(), attempts: 1, body: { orgId: world.orgId, shard: 0 } };
    for (let n = 0; n < 2; n += 1) {
      await Promise.all(
        [1, 2, 3].map(async () => {
          const context = createExecutionContext();
          await worker.queue(createMessageBatch("alerts", [message]), world.env, context);
          await waitOnExecutionContext(context);
        }),
      );
    }
    const outcome = (await outcomeOf(world)) as { told: unknown };
    expect(outcome.told).toEqual(expected.told);
    world.nudges.length = 0;
    await tick();
    // The clock is set for the next hour.
    expect(world.nudges.filter(isMine)).toEqual([]);
  });
});

describe("what belongs together", () => {
  it("is told in one message however many slices a run has", async ({ expect }) => {
    const world = await new AlertWorld().make();
    await world.rule(findingsRule([await world.channel()]));
    const run = await world.run();
    const scan = { id: run.scans[0] ?? "", runId: run.id };
    // One finding to an event: far more events than one slice takes.
    for (let n = 0; n < 130; n += 1) await world.open(await world.findings(1), scan);
    expect((await world.rows<{ n: number }>("SELECT count(*) AS n FROM alert_inbox WHERE org_id = ?1"))[0]?.n).toBe(
      130,
    );
    await world.endScan(run.id, scan.id);
    await Promise.allSettled([world.evaluate(), world.evaluate(), world.evaluate()]);
    await world.look();
    expect((await world.told()).map(({ message }) => message.fresh)).toEqual([130]);
  });
});
