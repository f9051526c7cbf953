import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { describe, it } from "vitest";
import type { Env } from "#env";
import { resolveAlert } from "../../src/modules/alerts/resolve.ts";
import { acknowledgeAlert } from "../../src/modules/alerts/acknowledge.ts";
import { withLocalD1 } from "../sim/local-d1.ts";
import { AlertWorld, findingsRule, minutes, type FoundFinding } from "./world.ts";

const windowMinutes = 10;
const things = 6;

/** What must be true of one rule about findings, one window, no routes. */
class Model {
  /** Open, whatever was told. */
  readonly open = new Set<number>();
  /** In the inbox, or gathered, and not told. */
  readonly fresh = new Set<number>();
  /** Told: of which alert. */
  readonly told = new Map<number, number>();
  readonly alerts: {
    status: "open" | "acknowledged" | "resolved";
    toldAt: number;
    total: number;
    by: string | null;
  }[] = [];
  readonly messages: (readonly ["alert.triggered" | "alert.resolved", number])[] = [];

  current(): number {
    return this.alerts.findIndex(({ status }) => status !== "resolved");
  }

  begin(thing: number): void {
    this.open.add(thing);
    if (!this.told.has(thing)) this.fresh.add(thing);
  }

  end(thing: number): void {
    this.open.delete(thing);
    this.fresh.delete(thing);
    this.told.delete(thing);
  }

  evaluate(now: number): void {
    const at = this.current();
    const alert = this.alerts[at];
    if (this.fresh.size > 0 && (!alert || now >= alert.toldAt + windowMinutes * minutes)) {
      const own = alert ? at : this.alerts.length;
      for (const thing of this.fresh) this.told.set(thing, own);
      if (alert) Object.assign(alert, { toldAt: now, total: alert.total + this.fresh.size });
      else this.alerts.push({ status: "open", toldAt: now, total: this.fresh.size, by: null });
      this.messages.push(["alert.triggered", this.fresh.size]);
      this.fresh.clear();
    } else if (alert && this.fresh.size === 0 && ![...this.told.values()].includes(at)) {
      Object.assign(alert, { status: "resolved", by: "system" });
      this.messages.push(["alert.resolved", 0]);
    }
  }

  resolve(): void {
    const alert = this.alerts[this.current()];
    if (!alert) return;
    Object.assign(alert, { status: "resolved", by: "system" });
    this.messages.push(["alert.resolved", 0]);
  }

  acknowledge(): void {
    const alert = this.alerts[this.current()];
    if (alert) alert.status = "acknowledged";
  }
}

type Step =
  | { readonly kind: "begin" | "end"; readonly thing: number; readonly inRun: boolean }
  | { readonly kind: "wait"; readonly minutes: number }
  | { readonly kind: "evaluate" | "resolve" | "acknowledge" | "both" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom("begin" as const, "end" as const),
      thing: fc.nat({ max: things - 1 }),
      inRun: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait" as const), minutes: fc.integer({ min: 1, max: 12 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("evaluate" as const, "both" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("resolve" as const, "acknowledge" as const) }) },
);

async function live(local: Env, steps: readonly Step[]): Promise<{ world: AlertWorld; model: Model }> {
  const world = await new AlertWorld(local).make();
  const model = new Model();
  await world.rule(findingsRule([await world.channel()], { windowMinutes }));
  await world.evaluate();
  const found: FoundFinding[] = await world.findings(things, { status: "resolved" });
  await world.store(found.map(({ row }) => row));
  for (const one of steps) {
    world.advance(1_000);
    await take(world, model, found, one);
  }
  return { world, model };
}

async function take(world: AlertWorld, model: Model, found: readonly FoundFinding[], one: Step): Promise<void> {
  if (one.kind === "wait") return world.advance(one.minutes * minutes);
  if (one.kind === "begin" || one.kind === "end") return change(world, model, found, one);
  if (one.kind === "evaluate" || one.kind === "both") {
    await world.env.DB.prepare("UPDATE alert_clocks SET due_at = ?2, asked = asked + 1 WHERE org_id = ?1")
      .bind(world.orgId, world.now.toISOString())
      .run();
    await Promise.all(one.kind === "both" ? [world.evaluate(), world.evaluate()] : [world.evaluate()]);
    return model.evaluate(world.now.getTime());
  }
  const [current] = await world.rows<{ id: string }>(
    "SELECT id FROM alerts WHERE org_id = ?1 AND status <> 'resolved'",
  );
  const deciding = { id: current?.id ?? "", ifMatch: null };
  if (!current) return undefined;
  if (one.kind === "resolve") {
    await resolveAlert(world.context(), deciding);
    return model.resolve();
  }
  await acknowledgeAlert(world.context(), deciding);
  return model.acknowledge();
}

async function change(
  world: AlertWorld,
  model: Model,
  found: readonly FoundFinding[],
  { kind, thing, inRun }: Step & { readonly thing: number; readonly inRun: boolean },
): Promise<void> {
  const own = found.slice(thing, thing + 1);
  if (kind === "end") {
    await world.status(own, "resolved");
    return model.end(thing);
  }
  if (model.open.has(thing)) return undefined;
  const run = inRun ? await world.run() : null;
  await world.reopen(own, run && { id: run.scans[0] ?? "", runId: run.id });
  if (run) await world.endScan(run.id, run.scans[0] ?? "");
  return model.begin(thing);
}

describe("the life of an alert", () => {
  it("is what it must be, whatever happens to it", async ({ expect }) => {
    const numRuns = env.SIMULATION.seeds >= 1_000 ? 1_000 : 200;
    await withLocalD1("alerts-life", async (db) => {
      const local = { ...env, DB: db } as unknown as Env;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          const { world, model } = await live(local, steps);
          const told = await world.told();
          expect(told.map(({ name, message }) => [name, message.fresh])).toEqual(model.messages);
          expect(told.every(({ to }) => to.length === 1)).toBe(true);
          const alerts = await world.alerts();
          expect(alerts.map(({ status, total, resolvedBy }) => [status, total, resolvedBy])).toEqual(
            model.alerts.map(({ status, total, by }) => [status, total, by]),
          );
          const members = await world.rows<{ told: number; n: number }>(
            "SELECT told, count(*) AS n FROM alert_members WHERE org_id = ?1 AND told = 1 GROUP BY told",
          );
          expect(members[0]?.n ?? 0).toBe(model.told.size);
        }),
        { numRuns },
      );
    });
  }, 600_000);
});
