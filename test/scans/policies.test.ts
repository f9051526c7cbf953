import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { systemContext } from "#db/context";
import type { EventName } from "#db/outbox";
import type { Env } from "#env";
import { claimTask } from "#scans/claim";
import { endScan, type Ending } from "#scans/end";
import { emptySummary } from "#scans/start";
import { eventSamples } from "../../src/modules/webhooks/event-samples.ts";
import { noFaults } from "../sim/faults.ts";
import { makeScenario, rowsOf, scanned, type Scenario } from "../sim/scenario.ts";
import { api, type Api } from "../support/api.ts";
import { makeApiKey } from "../support/org.ts";
import { startReceiver } from "../support/receiver.ts";
import { eventComplaints } from "../support/openapi.ts";
import { shapeOf } from "../support/shape.ts";

const day = 24 * 60 * 60_000;

interface Evaluation {
  readonly id: string;
  readonly policy_name: string;
  readonly result: string;
  readonly trigger: string;
  readonly scan_id: string;
  readonly conditions: string;
}

const evaluationsOf = (scenario: Scenario): Promise<Evaluation[]> =>
  rowsOf(scenario, "SELECT * FROM evaluations WHERE org_id = ?1 ORDER BY id");
const violationsOf = (scenario: Scenario): Promise<{ data: string; delivered: number }[]> =>
  rowsOf(
    scenario,
    `SELECT e.data, (SELECT count(*) FROM deliveries AS d WHERE d.org_id = ?1 AND d.event_id = e.id AND d.event = 'policy.violated') AS delivered
     FROM events AS e WHERE e.org_id = ?1 AND e.names = '["policy.violated"]' ORDER BY e.id`,
  );

describe("policies at the end of a scan", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
    startReceiver();
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  async function world(): Promise<{ scenario: Scenario; caller: Api }> {
    const scenario = await makeScenario({}, { services: ["ec2"] });
    return { scenario, caller: api((await makeApiKey(scenario.orgId)).key) };
  }
  const make = (caller: Api, name: string, ...conditions: readonly object[]) =>
    caller.post("/policies", { name, conditions });

  it("are evaluated once, and what fails is told once", async ({ expect }) => {
    const { scenario, caller } = await world();
    await make(caller, "Strict", { kind: "max_open", severity: "low", count: 0 }, { kind: "scan_complete" });
    await make(caller, "Lax", { kind: "max_open", severity: "low", count: 10_000 });
    await make(caller, "Fresh", { kind: "no_new", severity: "low", since: "previous_scan" });
    expect(await scanned(scenario)).toBe("complete");
    const rows = await evaluationsOf(scenario);
    expect(Object.fromEntries(rows.map((row) => [row.policy_name, [row.result, row.trigger]]))).toEqual({
      Strict: ["fail", "scan"],
      Lax: ["pass", "scan"],
      Fresh: ["fail", "scan"],
    });
    const told = await violationsOf(scenario);
    expect(told.map(({ delivered }) => delivered)).toEqual([1, 1]);
    const strict = told
      .map(({ data }) => JSON.parse(data) as Record<string, unknown>)
      .find((one) => one["policyName"] === "Strict");
    expect(strict).toMatchObject({
      scanId: rows[0]?.scan_id,
      violations: [{ condition: { kind: "max_open" }, result: "fail" }],
    });

    scenario.world.advance(day);
    await scanned(scenario);
    const later = (await evaluationsOf(scenario)).filter(({ scan_id }) => scan_id !== rows[0]?.scan_id);
    expect(Object.fromEntries(later.map((row) => [row.policy_name, row.result]))).toEqual({
      Strict: "fail",
      Lax: "pass",
      Fresh: "pass",
    });
    const scanId = later[0]?.scan_id;
    const gate = await caller.post<{ data: { result: string } }>(`/scans/${scanId}/evaluate`);
    expect(gate.body.data.result).toBe("fail");
  });

  it("are told, like all that a scan tells, as a test of the webhook shows it", async ({ expect }) => {
    const { scenario, caller } = await world();
    await make(caller, "Strict", { kind: "max_open", severity: "low", count: 0 });
    expect(await scanned(scenario)).toBe("complete");
    const events = await rowsOf<{ name: EventName; data: string }>(
      scenario,
      "SELECT n.value AS name, e.data FROM events AS e, json_each(e.names) AS n WHERE e.org_id = ?1",
    );
    for (const { name, data } of events) {
      expect([name, shapeOf(JSON.parse(data))]).toEqual([name, shapeOf(eventSamples[name])]);
      expect(eventComplaints(name, JSON.parse(data))).toEqual([]);
    }
    const names = [...new Set(events.map(({ name }) => name))].toSorted();
    expect(names).toEqual(
      expect.arrayContaining(["finding.opened", "policy.violated", "run.completed", "scan.completed"]),
    );
  });

  it("are not evaluated, nor told, twice when the last batch is made twice", async ({ expect }) => {
    const { scenario, caller } = await world();
    await make(caller, "Complete", { kind: "scan_complete" });
    const scanId = await scenario.scan();
    const ending: Ending = {
      status: "partial",
      summary: emptySummary,
      errorMessage: null,
      coverage: [],
      verdicts: null,
    };
    await scenario.world.invoke(noFaults, async (bindings: Env, ctx) => {
      const context = () =>
        systemContext(bindings, { orgId: scenario.orgId, shard: 0 }, scenario.world.now, (promise) =>
          ctx.waitUntil(promise),
        );
      const first = await claimTask(context(), scanId, "plan");
      if (!first) throw new Error("The task could not be claimed");
      await env.DB.prepare("UPDATE scan_tasks SET lease_until = ?2 WHERE scan_id = ?1")
        .bind(scanId, "2020-01-01")
        .run();
      scenario.world.advance(60_000);
      const second = await claimTask(context(), scanId, "plan");
      if (!second) throw new Error("The task could not be taken over");
      await endScan(first, ending).then(
        () => expect.unreachable("the first holder lost its lease"),
        () => undefined,
      );
      await endScan(second, ending);
    });
    expect(await evaluationsOf(scenario)).toMatchObject([{ policy_name: "Complete", result: "fail" }]);
    expect(await violationsOf(scenario)).toMatchObject([{ delivered: 1 }]);
  });

  it("fail when the account does not let us in: no evidence is never a pass", async ({ expect }) => {
    const { scenario, caller } = await world();
    await make(caller, "Lax", { kind: "max_open", severity: "low", count: 10_000 });
    await scenario.configure({ secretAccessKey: "another-secret-than-we-were-given-00000000" });
    expect(await scanned(scenario)).toBe("error");
    const [row] = await evaluationsOf(scenario);
    expect(row?.result).toBe("fail");
    expect(JSON.parse(row?.conditions ?? "[]")).toMatchObject([{ result: "unknown" }]);
    expect(await violationsOf(scenario)).toHaveLength(1);
  });
});
