import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { makeScenario, rowsOf, scanned, type Scenario } from "../sim/scenario.ts";
import { api, type Api } from "../support/api.ts";
import { makeApiKey } from "../support/org.ts";
import { startReceiver } from "../support/receiver.ts";

const day = 24 * 60 * 60_000;

interface FindingRow {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly title: string;
  readonly severity: string;
  readonly summary: string;
  readonly details: string;
  readonly evidence: string;
  readonly reopened_count: number;
  readonly version: number;
}

const ruleFindings = (scenario: Scenario): Promise<FindingRow[]> =>
  rowsOf(scenario, "SELECT * FROM findings WHERE org_id = ?1 AND type LIKE 'rule:%' ORDER BY id");

async function make(caller: Api, rule: object): Promise<string> {
  const { body } = await caller.post<{ data: { id: string } }>("/compliance/rules", rule);
  return body.data.id;
}

const volumes = {
  name: "Volumes are in use",
  description: "Volumes cost money.",
  remediation: "Delete it.",
  severity: "high",
  framework: "acme",
  control: "1.1",
  resourceTypes: ["AWS::EC2::Volume"],
  condition: { field: "state", operator: "equals", value: "available" },
};

describe("an organization's rules in a scan", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
    startReceiver();
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  async function scenarioWithKey(): Promise<{ scenario: Scenario; caller: Api }> {
    const scenario = await makeScenario({}, { services: ["ec2"] });
    return { scenario, caller: api((await makeApiKey(scenario.orgId)).key) };
  }

  it("open findings with the fields they read, counted, and told; resolved when switched off, reopened when on again", async ({
    expect,
  }) => {
    const { scenario, caller } = await scenarioWithKey();
    const id = await make(caller, volumes);
    expect(await scanned(scenario)).toBe("complete");
    const found = await ruleFindings(scenario);
    expect(found.length).toBeGreaterThan(0);
    expect(found[0]).toMatchObject({ type: `rule:${id}`, status: "open", title: volumes.name, severity: "high" });
    expect(found[0]?.summary).toBe('Volumes are in use: state is "available".');
    expect(JSON.parse(found[0]?.details ?? "")).toEqual({
      ruleId: id,
      ruleVersion: 1,
      framework: "acme",
      control: "1.1",
    });
    expect(JSON.parse(found[0]?.evidence ?? "")).toEqual([
      { call: "ec2:DescribeVolumes", field: "state", value: "available" },
    ]);
    const orphans = await rowsOf<{ n: number }>(
      scenario,
      "SELECT count(*) AS n FROM findings WHERE org_id = ?1 AND type = 'orphaned_volume'",
    );
    expect(found).toHaveLength(orphans[0]?.n ?? -1);
    const [scan] = await rowsOf<{ verdicts: string }>(scenario, "SELECT verdicts FROM scans WHERE org_id = ?1");
    expect((JSON.parse(scan?.verdicts ?? "{}") as Record<string, { fail: number }>)[`rule:${id}`]?.fail).toBe(
      found.length,
    );

    const listed = await caller.get<{ data: { id: string }[] }>(`/findings?type=rule:${id}`);
    expect(listed.body.data.map((one) => one.id).toSorted()).toEqual(found.map((one) => one.id));
    const one = await caller.get<{ data: object }>(`/findings/${found[0]?.id}`);
    expect(one.body.data).toMatchObject({
      rationale: volumes.description,
      remediation: volumes.remediation,
      controls: { acme: ["1.1"] },
    });
    const [recommendation] = await rowsOf<{ high: number; category: string; priority: number }>(
      scenario,
      "SELECT * FROM recommendations WHERE org_id = ?1 AND type LIKE 'rule:%'",
    );
    expect(recommendation).toMatchObject({ high: found.length, category: "compliance" });

    expect((await caller.patch(`/compliance/rules/${id}`, { enabled: false })).status).toBe(200);
    expect((await ruleFindings(scenario)).map(({ status }) => status)).toEqual(found.map(() => "resolved"));
    const told = await rowsOf<{ n: number }>(
      scenario,
      `SELECT json_array_length(data -> 'findings') AS n FROM events WHERE org_id = ?1 AND names = '["finding.resolved"]'`,
    );
    expect(told.reduce((sum, { n }) => sum + n, 0)).toBe(found.length);
    expect(await rowsOf(scenario, "SELECT type FROM recommendations WHERE org_id = ?1 AND type LIKE 'rule:%'")).toEqual(
      [],
    );

    scenario.world.advance(day);
    expect((await caller.patch(`/compliance/rules/${id}`, { enabled: true })).status).toBe(200);
    await scanned(scenario);
    expect(await ruleFindings(scenario)).toMatchObject(found.map(() => ({ status: "open", reopened_count: 1 })));
  });

  it("write nothing when nothing changed, and resolve what passes", async ({ expect }) => {
    const { scenario, caller } = await scenarioWithKey();
    const id = await make(caller, volumes);
    await scanned(scenario);
    const before = await ruleFindings(scenario);
    scenario.world.advance(day);
    await scanned(scenario);
    expect((await ruleFindings(scenario)).map(({ version }) => version)).toEqual(before.map(({ version }) => version));
    await caller.patch(`/compliance/rules/${id}`, {
      condition: { ...volumes.condition, value: "deleting" },
    });
    scenario.world.advance(day);
    await scanned(scenario);
    expect((await ruleFindings(scenario)).every(({ status }) => status === "resolved")).toBe(true);
  });

  it("judge by CEL, and say unknown of what is not known: never a pass, never a finding resolved", async ({
    expect,
  }) => {
    const { scenario, caller } = await scenarioWithKey();
    const id = await make(caller, { ...volumes, condition: null, expression: 'resource.state == "available"' });
    await scanned(scenario);
    const found = await ruleFindings(scenario);
    expect(found.length).toBeGreaterThan(0);
    await caller.patch(`/compliance/rules/${id}`, { expression: "resource.attributes.nothing == 1" });
    scenario.world.advance(day);
    await scanned(scenario);
    const after = await rowsOf<{ status: string; verified: number }>(
      scenario,
      "SELECT status, verified FROM findings WHERE org_id = ?1 AND type LIKE 'rule:%'",
    );
    expect(after.every(({ status, verified }) => status === "open" && verified === 0)).toBe(true);
    const [scan] = await rowsOf<{ verdicts: string }>(
      scenario,
      "SELECT verdicts FROM scans WHERE org_id = ?1 ORDER BY id DESC",
    );
    const counts = (JSON.parse(scan?.verdicts ?? "{}") as Record<string, object>)[`rule:${id}`];
    expect(counts).toMatchObject({ pass: 0, fail: 0 });
  });

  it("that are deleted while a scan runs leave no finding open after the next", async ({ expect }) => {
    const { scenario, caller } = await scenarioWithKey();
    const id = await make(caller, volumes);
    await scanned(scenario);
    await env.DB.prepare("DELETE FROM rules WHERE org_id = ?1 AND id = ?2").bind(scenario.orgId, id).run();
    scenario.world.advance(day);
    await scanned(scenario);
    const found = await ruleFindings(scenario);
    expect(found.length).toBeGreaterThan(0);
    expect(found.every(({ status }) => status === "resolved")).toBe(true);
  });
});
