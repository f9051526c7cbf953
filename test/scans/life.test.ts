import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { systemContext } from "#db/context";
import { cancelScan } from "#scans/cancel";
import { noFaults } from "../sim/faults.ts";
import { seeded } from "../sim/random.ts";
import { makeScenario, type Scenario } from "../sim/scenario.ts";
import { calm } from "../sim/world.ts";
import { startReceiver } from "../support/receiver.ts";

const day = 24 * 60 * 60_000;

interface FindingRow {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly resource_arn: string | null;
  readonly reopened_count: number;
  readonly first_detected_at: string;
  readonly verified: number;
}

async function scan(scenario: Scenario): Promise<string> {
  const id = await scenario.scan();
  await scenario.world.run(seeded(1), calm, () => scenario.atRest());
  return id;
}

async function rows<Row>(sql: string, ...params: unknown[]): Promise<Row[]> {
  return (
    await env.DB.prepare(sql)
      .bind(...params)
      .all<Row>()
  ).results;
}

const findingsOf = ({ orgId }: Scenario): Promise<FindingRow[]> =>
  rows("SELECT * FROM findings WHERE org_id = ?1", orgId);

interface ScanRow {
  readonly status: string;
  readonly error_message: string | null;
  readonly summary: string;
}

async function scanRow(id: string): Promise<ScanRow & { readonly cost: Record<string, number> }> {
  const [row] = await rows<ScanRow>("SELECT * FROM scans WHERE id = ?1", id);
  if (!row) throw new Error("No such scan");
  if (row.status === "error") console.warn("SCAN ERROR", row.error_message);
  return { ...row, cost: JSON.parse(row.summary) as Record<string, number> };
}

describe("a scan", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
    startReceiver();
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it("sees the whole account and opens a finding for every failing verdict", async ({ expect }) => {
    const scenario = await makeScenario();
    const id = await scan(scenario);
    const { status, cost } = await scanRow(id);
    const findings = await findingsOf(scenario);
    const verdicts = await rows<{ verdicts: string; cross_verdicts: string }>(
      "SELECT verdicts, cross_verdicts FROM resources WHERE org_id = ?1",
      scenario.orgId,
    );
    const fails = verdicts
      .flatMap((row) => `${row.verdicts};${row.cross_verdicts}`.split(";"))
      .filter((verdict) => verdict.includes("=f:"));
    expect(status).toBe("complete");
    expect(findings).toHaveLength(fails.length);
    expect(cost["findingsNew"]).toBe(findings.length);
    expect(cost["resourcesAdded"]).toBe(verdicts.length);
    expect(new Set(findings.map(({ type }) => type))).toEqual(new Set(fails.map((verdict) => verdict.split("=")[0])));
    expect(findings.every((finding) => finding.status === "open")).toBe(true);
  });

  it("writes at most 8 rows for each task and 60 for itself when nothing changed, a day later", async ({ expect }) => {
    const scenario = await makeScenario();
    await scan(scenario);
    scenario.world.advance(day);
    await scenario.configure({ now: scenario.world.now.toISOString() });
    const { status, cost } = await scanRow(await scan(scenario));
    expect(status).toBe("complete");
    expect(cost["resourcesChanged"]).toBe(0);
    expect((await findingsOf(scenario)).filter((finding) => finding.first_detected_at > "2026-11-24")).toEqual([]);
    expect(cost["findingsNew"]).toBe(0);
    expect(cost["rowsWritten"]).toBeLessThanOrEqual(8 * ((cost["tasksTotal"] ?? 0) - 2) + 60);
  });

  it("says what it was denied, and resolves nothing from it", async ({ expect }) => {
    const scenario = await makeScenario();
    await scan(scenario);
    const before = await findingsOf(scenario);
    scenario.world.advance(day);
    await scenario.configure({ faults: [{ service: "ec2", action: "DescribeVolumes", kind: "deny" }] });
    const { status, summary } = await scanRow(await scan(scenario));
    const after = await findingsOf(scenario);
    expect(status).toBe("partial");
    expect(after.filter((finding) => finding.status === "resolved")).toEqual([]);
    expect(after).toHaveLength(before.length);
    const { coverage } = JSON.parse(summary) as {
      coverage: Record<string, Record<string, { state: string; errors: { action: string; remedy: string }[] }>>;
    };
    const volumes = coverage["eu-west-1"]?.["ec2.volumes"];
    expect(volumes?.state).toBe("denied");
    expect(volumes?.errors[0]).toMatchObject({ action: "ec2:DescribeVolumes" });
    expect(volumes?.errors[0]?.remedy).toContain("ec2:DescribeVolumes");
  });

  it("resolves the findings of what is gone, and reopens them under the same id when it comes back", async ({
    expect,
  }) => {
    const scenario = await makeScenario();
    await scan(scenario);
    const orphan = (await findingsOf(scenario)).find(({ type }) => type === "orphaned_volume");
    if (!orphan?.resource_arn) throw new Error("The simulated account has no orphaned volume");
    const volume = orphan.resource_arn.split("/").at(-1);
    await scenario.configure({ hidden: [volume] });
    scenario.world.advance(day);
    await scan(scenario);
    const gone = (await findingsOf(scenario)).find(({ id }) => id === orphan.id);
    expect(gone?.status).toBe("resolved");
    await scenario.configure({ hidden: [] });
    scenario.world.advance(day);
    await scan(scenario);
    const back = (await findingsOf(scenario)).find(({ id }) => id === orphan.id);
    expect(back).toMatchObject({ status: "open", reopened_count: 1, first_detected_at: orphan.first_detected_at });
  });

  it("ends in error, and says what to do, when the account does not let us in", async ({ expect }) => {
    const scenario = await makeScenario();
    await scenario.configure({ secretAccessKey: "another-secret-than-we-were-given-00000000" });
    const { status, error_message } = await scanRow(await scan(scenario));
    expect(status).toBe("error");
    expect(error_message).toContain("connect it again");
    expect(await findingsOf(scenario)).toEqual([]);
  });

  it("changes nothing any more once it was canceled", async ({ expect }) => {
    const scenario = await makeScenario();
    const id = await scenario.scan();
    const { world, orgId } = scenario;
    const [plan] = world.pending;
    if (!plan) throw new Error("The plan was not woken");
    await world.deliver(plan);
    const context = (waitUntil: (promise: Promise<unknown>) => void) =>
      systemContext(env, { orgId, shard: 0 }, world.now, waitUntil);
    await world.invoke(noFaults, async (_, ctx) =>
      cancelScan(
        context((promise) => ctx.waitUntil(promise)),
        id,
      ),
    );
    await world.run(seeded(1), calm, () => scenario.atRest());
    expect((await scanRow(id)).status).toBe("canceled");
    expect(await findingsOf(scenario)).toEqual([]);
  });

  it("is driven on by the cron job alone when the queue loses everything", async ({ expect }) => {
    const scenario = await makeScenario();
    const id = await scenario.scan();
    const lossy = { ...calm, drop: 0.9 };
    await scenario.world.run(seeded(3), lossy, () => scenario.atRest());
    expect((await scanRow(id)).status).toBe("complete");
  });
});
