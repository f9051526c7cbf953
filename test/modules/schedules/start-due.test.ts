import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { beforeEach, describe, it } from "vitest";
import { newId } from "#lib/id";
import { upcoming, shareOf } from "../../../src/modules/schedules/timing.ts";
import { faultyEnv, Io, noFaults, type FaultPlan } from "../../sim/faults.ts";
import { api } from "../../support/api.ts";
import { insertRows, rowsOf } from "../findings/world.ts";
import { endScans, fire, lastRunOf, orgWith, plan, quietEnv, scheduleOf } from "./world.ts";

const minuteMs = 60_000;
const start = Date.parse("2035-01-01T00:00:00Z");

/** What the cron does in one step: leaps so many minutes, and fires so often, side by side. */
const step = fc.record({
  minutes: fc.oneof(
    { weight: 12, arbitrary: fc.constant(1) },
    { weight: 2, arbitrary: fc.integer({ min: 2, max: 20 }) },
    { weight: 1, arbitrary: fc.constant(180) },
    { weight: 2, arbitrary: fc.constant(-10) },
  ),
  fires: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 3 }) }, { weight: 1, arbitrary: fc.constant(10) }),
});

describe("a schedule", () => {
  // What other tests left would be due as well, and before.
  beforeEach(() => env.DB.prepare("DELETE FROM schedules").run());

  it("starts each due tick once, and of missed ones the first, however often, late and side by side the cron fires", async ({
    expect,
  }) => {
    const timing = fc.constantFrom(
      { cron: "*/5 * * * *", timeZone: "UTC", window: null },
      { cron: "*/7 * * * *", timeZone: "Asia/Kolkata", window: null },
      { cron: "0 * * * *", timeZone: "Europe/Berlin", window: null },
      { cron: "*/10 * * * *", timeZone: "UTC", window: { from: "00:20", to: "01:00" } },
    );
    await fc.assert(
      fc.asyncProperty(timing, fc.array(step, { minLength: 20, maxLength: 60 }), async (timing, steps) => {
        const { org } = await orgWith(1);
        const id = await plan(org, new Date(start - 1).toISOString(), timing);
        const due = upcoming(timing, shareOf(org.id, id), start - 1, 2_000);
        const isOpen = (now: number): boolean => {
          const shown = new Date(now).toISOString().slice(11, 16);
          return timing.window === null || (timing.window.from <= shown && shown < timing.window.to);
        };
        const expected: string[] = [];
        let [now, latest] = [start, start - 1];
        for (const { minutes, fires } of steps) {
          now = Math.max(start, now + minutes * minuteMs);
          await Promise.all(Array.from({ length: fires }, () => fire(new Date(now))));
          await endScans(org);
          if (fires === 0 || now <= latest) continue;
          const first = due.find((one) => one.start > latest && one.start <= now);
          if (first && isOpen(now))
            expected.push(`${new Date(first.tick).toISOString()} ${new Date(now).toISOString()}`);
          latest = now;
        }
        const runs = await rowsOf("runs", org.id);
        expect(runs.map(({ created_at }) => created_at).toSorted()).toEqual(expected.map((one) => one.slice(25)));
        expect(new Set(runs.map((run) => run.id)).size).toBe(runs.length);
        expect((await rowsOf("scans", org.id)).length).toBe(runs.length);
        const last = await lastRunOf(org, id);
        if (last?.outcome === "started") expect(`${last.scheduledFor} ${last.at}`).toBe(expected.at(-1));
        await env.DB.prepare("DELETE FROM schedules WHERE org_id = ?1").bind(org.id).run();
      }),
      { numRuns: 12 },
    );
  });

  it("starts its tick once when the process dies, or a call fails, before or after any operation", async ({
    expect,
  }) => {
    const once = async (faults: FaultPlan) => {
      const { org } = await orgWith(2);
      const id = await plan(org, "2034-05-01T00:30:00.000Z", { cron: "0 1 * * *" });
      const io = new Io(faults);
      const now = new Date("2034-05-01T01:10:00.000Z");
      const broken = faultyEnv(env, io, () => {}, {
        fetch: () => Promise.reject(new Error("no AWS")),
      } as unknown as Fetcher);
      await fire(now, broken).catch(() => undefined);
      await Promise.all([fire(new Date(now.getTime() + minuteMs)), fire(new Date(now.getTime() + minuteMs))]);
      const [runs, scans, tasks] = await Promise.all(
        (["runs", "scans", "scan_tasks"] as const).map((table) => rowsOf(table, org.id)),
      );
      const last = await lastRunOf(org, id);
      const { next_tick_at } = await scheduleOf(org, id);
      await env.DB.prepare("DELETE FROM schedules WHERE org_id = ?1").bind(org.id).run();
      return {
        operations: io.operations,
        state: [runs?.length, scans?.length, tasks?.length, last?.outcome, next_tick_at],
      };
    };
    const expected = [1, 2, 2, "started", "2034-05-02T01:00:00.000Z"];
    const calm = await once(noFaults);
    expect(calm.state).toEqual(expected);
    expect(calm.operations).toBeGreaterThan(3);
    for (let n = 1; n <= calm.operations; n += 1) {
      for (const moment of ["before", "after"] as const) {
        for (const mode of ["crash", "error"] as const) {
          const { state } = await once({ mode, fails: ({ number }, at) => number === n && at === moment });
          expect(state, `${mode} ${moment} operation ${n}`).toEqual(expected);
        }
      }
    }
  });

  it("refuses to overlap and says which scan is in the way; what is not in the way is scanned", async ({ expect }) => {
    const { org, accounts } = await orgWith(2);
    const id = await plan(org, "2034-06-01T00:30:00.000Z", { cron: "0 1,2,3 * * *", accountIds: [accounts[0] ?? ""] });
    const all = await plan(org, "2034-06-01T01:30:00.000Z", { cron: "0 2 * * *" });
    await fire("2034-06-01T01:10:00Z");
    const [running] = await rowsOf("scans", org.id);
    await fire("2034-06-01T02:10:00Z");
    const skipped = [{ accountId: accounts[0], reason: "running", scanId: running?.["id"] }];
    expect(await lastRunOf(org, id)).toMatchObject({
      outcome: "skipped",
      scheduledFor: "2034-06-01T02:00:00.000Z",
      runId: null,
      reason: `SCAN_RUNNING: Scan ${running?.["id"]} of this account is still running. Wait for it, or cancel it.`,
      skipped,
    });
    expect(await lastRunOf(org, all)).toMatchObject({ outcome: "started", reason: null, skipped });
    expect((await rowsOf("scans", org.id)).map((scan) => [scan["account_id"], scan["trigger"]]).toSorted()).toEqual(
      accounts.map((account) => [account, "schedule"]).toSorted(),
    );
    const run = (await rowsOf("runs", org.id)).find((one) => one["schedule_id"] === all);
    const shown = await api(org.keys.viewer).get<{ data: object }>(`/runs/${run?.["id"]}`);
    expect(shown.body.data).toMatchObject({ trigger: "schedule", scheduleId: all, createdBy: null });
  });

  it("leaves out accounts that are disabled or gone, and says so", async ({ expect }) => {
    const { org, accounts } = await orgWith(3);
    const id = await plan(org, "2034-07-01T00:30:00.000Z", { cron: "0 1,2 * * *", accountIds: accounts });
    await api(org.keys.admin).patch(`/accounts/${accounts[0]}`, { enabled: false });
    await api(org.keys.admin).delete(`/accounts/${accounts[1]}`);
    await fire("2034-07-01T01:10:00Z");
    expect(await lastRunOf(org, id)).toMatchObject({
      outcome: "started",
      skipped: [
        { accountId: accounts[0], reason: "disabled" },
        { accountId: accounts[1], reason: "disconnected" },
      ],
    });
    await endScans(org);
    await api(org.keys.admin).patch(`/accounts/${accounts[2]}`, { enabled: false });
    await fire("2034-07-01T02:10:00Z");
    expect(await lastRunOf(org, id)).toMatchObject({
      outcome: "skipped",
      reason: "NO_ACCOUNT: Every account it is about is disabled or disconnected.",
    });
  });

  it("does not start once its window has closed, and says so", async ({ expect }) => {
    const { org } = await orgWith(1);
    const window = { from: "22:00", to: "23:00" };
    const id = await plan(org, "2034-08-01T12:00:00.000Z", { cron: "*/30 * * * *", window, timeZone: "Europe/Berlin" });
    await fire("2034-08-02T06:00:00Z");
    expect(await lastRunOf(org, id)).toMatchObject({
      outcome: "skipped",
      scheduledFor: "2034-08-01T20:00:00.000Z",
      reason: "WINDOW_CLOSED: It could not be started before its window closed.",
    });
    expect((await scheduleOf(org, id))["next_tick_at"]).toBe("2034-08-02T20:00:00.000Z");
    expect(await rowsOf("runs", org.id)).toEqual([]);
  });

  it("that fails stops no other, is tried for ten minutes, and then waits until it is changed", async ({ expect }) => {
    const [broken, sound] = [await orgWith(1), await orgWith(1)];
    const at = "2034-09-01T00:30:00.000Z";
    const [bad, good] = [
      await plan(broken.org, at, { cron: "0 1 * * *" }),
      await plan(sound.org, at, { cron: "20 1 * * *" }),
    ];
    await env.DB.prepare("UPDATE schedules SET cron = 'never' WHERE org_id = ?1").bind(broken.org.id).run();
    await fire("2034-09-01T01:30:00Z").catch(() => undefined);
    expect([await lastRunOf(broken.org, bad), (await lastRunOf(sound.org, good))?.outcome]).toEqual([null, "started"]);
    await fire("2034-09-01T01:39:00Z").catch(() => undefined);
    expect(await lastRunOf(broken.org, bad)).toBeNull();
    await fire("2034-09-01T01:41:00Z").catch(() => undefined);
    expect(await lastRunOf(broken.org, bad)).toMatchObject({
      outcome: "failed",
      scheduledFor: "2034-09-01T01:00:00.000Z",
    });
    expect((await scheduleOf(broken.org, bad))["next_run_at"]).toBeNull();
  });

  it("waits for the next tick when many are due at once, those due longest go first, and none is lost", async ({
    expect,
  }) => {
    const { org, accounts } = await orgWith(60);
    for (const account of accounts)
      await plan(org, "2034-11-01T00:30:00.000Z", { cron: "0 1 * * *", accountIds: [account] });
    const due = new Map((await rowsOf("schedules", org.id)).map((row) => [row["id"], String(row["next_run_at"])]));
    let statements = 0;
    const bindings = quietEnv();
    const DB = {
      prepare: (text: string) => bindings.DB.prepare(text),
      batch: (all: D1PreparedStatement[]) => {
        statements += all.length;
        return bindings.DB.batch(all);
      },
    } as unknown as D1Database;
    for (const [minute, started] of [32, 60, 60].entries()) {
      statements = 0;
      await fire(`2034-11-01T01:1${minute}:00Z`, { ...bindings, DB });
      expect(statements).toBeLessThan(520);
      expect((await rowsOf("runs", org.id)).length).toBe(started);
    }
    const runs = (await rowsOf("runs", org.id)).toSorted((a, b) =>
      String(a["created_at"]) < String(b["created_at"]) ? -1 : 1,
    );
    const inOrder = runs.map((run) => due.get(run["schedule_id"]) ?? "");
    expect(Math.max(...inOrder.slice(0, 32).map(Date.parse))).toBeLessThanOrEqual(
      Math.min(...inOrder.slice(32).map(Date.parse)),
    );
  });

  it("is not kept waiting by however many that fail", async ({ expect }) => {
    const { org, accounts } = await orgWith(2);
    const bad = Array.from({ length: 200 }, () => ({
      org_id: org.id,
      id: newId(),
      name: "Broken",
      cron: "never",
      time_zone: "UTC",
      enabled: 1,
      next_tick_at: "2034-12-01T00:50:00.000Z",
      next_run_at: "2034-12-01T00:50:00.000Z",
      version: 1,
      created_at: "",
      updated_at: "",
    }));
    await insertRows("schedules", bad);
    const [good = "", later = ""] = await Promise.all(
      accounts.map((account) => plan(org, "2034-12-01T00:30:00.000Z", { cron: "0 1 * * *", accountIds: [account] })),
    );
    await env.DB.prepare("UPDATE schedules SET next_run_at = '2034-12-01T01:12:30.000Z' WHERE id = ?1")
      .bind(later)
      .run();
    const fireAt = (minute: number) => fire(`2034-12-01T01:${minute}:00Z`).catch(() => undefined);
    // Its own delay is ten minutes at most.
    await fireAt(11);
    expect(await lastRunOf(org, good)).toBeNull();
    await fireAt(12);
    expect((await lastRunOf(org, good))?.outcome).toBe("started");
    // Those that failed are due longer.
    await fireAt(13);
    expect((await lastRunOf(org, later))?.outcome).toBe("started");
    await fireAt(22);
    await fireAt(23);
    const left = (await rowsOf("schedules", org.id)).filter((row) => row["cron"] === "never" && row["next_run_at"]);
    expect(left).toEqual([]);
  });

  it("makes no second run of a tick it comes back to", async ({ expect }) => {
    const { org } = await orgWith(1);
    const id = await plan(org, "2034-10-01T00:30:00.000Z", { cron: "0 1 * * *" });
    const before = await scheduleOf(org, id);
    await fire("2034-10-01T01:10:00Z");
    const told = await lastRunOf(org, id);
    await endScans(org);
    await env.DB.prepare("UPDATE schedules SET next_tick_at = ?2, next_run_at = ?3 WHERE org_id = ?1")
      .bind(org.id, before["next_tick_at"] ?? null, before["next_run_at"] ?? null)
      .run();
    await fire("2034-10-01T01:12:00Z");
    expect((await rowsOf("runs", org.id)).length).toBe(1);
    expect([await lastRunOf(org, id), (await scheduleOf(org, id))["next_tick_at"]]).toEqual([
      told,
      "2034-10-02T01:00:00.000Z",
    ]);
  });

  it("costs nothing while it waits", async ({ expect }) => {
    const { org } = await orgWith(1);
    await insertRows(
      "schedules",
      Array.from({ length: 50 }, () => ({
        org_id: org.id,
        id: newId(),
        name: "Waiting",
        cron: "0 1 * * *",
        time_zone: "UTC",
        enabled: 1,
        next_tick_at: "2099-01-01T01:00:00.000Z",
        next_run_at: "2099-01-01T01:00:00.000Z",
        version: 1,
        created_at: "",
        updated_at: "",
      })),
    );
    await fire("2036-01-01T00:00:00Z").catch(() => undefined);
    let rowsRead = 0;
    const bindings = quietEnv();
    const counted = {
      ...bindings,
      DB: new Proxy(bindings.DB, {
        get: (db, name) =>
          name === "prepare"
            ? (text: string) => {
                const statement = db.prepare(text);
                return {
                  bind: (...params: unknown[]) => ({
                    all: async () => {
                      const result = await statement.bind(...params).all();
                      rowsRead += result.meta.rows_read;
                      return result;
                    },
                  }),
                };
              }
            : (Reflect.get(db, name) as unknown),
      }),
    };
    await fire("2036-01-01T00:00:00Z", counted);
    expect(rowsRead).toBeLessThanOrEqual(2);
  });
});
