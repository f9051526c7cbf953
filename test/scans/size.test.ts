import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { knownRegions, partitionOf } from "#aws/regions";
import { api } from "../support/api.ts";
import { makeOrg } from "../support/org.ts";
import { simulated } from "../sim/life.ts";
import { seeded } from "../sim/random.ts";
import { makeScenario, type Scenario } from "../sim/scenario.ts";
import { calm } from "../sim/world.ts";

const everyRegion = knownRegions.filter((region) => partitionOf(region) === "aws");
const day = 24 * 3_600_000;

interface Told {
  readonly status: string;
  readonly summary: { readonly [figure: string]: number };
}

async function scan(scenario: Scenario): Promise<Told> {
  const id = await scenario.scan();
  await scenario.world.run(seeded(1), calm, () => scenario.atRest());
  const row = await env.DB.prepare("SELECT status, summary FROM scans WHERE id = ?1")
    .bind(id)
    .first<{ status: string; summary: string }>();
  return { status: row?.status ?? "", summary: JSON.parse(row?.summary ?? "{}") as Told["summary"] };
}

describe("20,000 resources", () => {
  simulated();

  it("cost at most 8 rows for each task and 60 for the scan when nothing has changed, a day later", async ({
    expect,
  }) => {
    const scenario = await makeScenario({ resources: 20_000 }, { regions: null });
    const first = await scan(scenario);
    expect(first).toMatchObject({
      status: "complete",
      summary: { resourcesDiscovered: 20_000, resourcesAdded: 20_000 },
    });
    scenario.world.advance(day);
    await scenario.configure({ now: scenario.world.now.toISOString() });
    const { status, summary } = await scan(scenario);
    expect(status).toBe("complete");
    expect([summary["resourcesChanged"], summary["findingsNew"], summary["findingsResolved"]]).toEqual([0, 0, 0]);
    const tasks = (summary["tasksTotal"] ?? 0) - 2;
    expect(summary["rowsWritten"]).toBeLessThanOrEqual(8 * tasks + 60);
    // Where tasks cut the account may differ, and with it how many share an answer.
    expect(Math.abs((summary["awsCalls"] ?? 0) - (first.summary["awsCalls"] ?? 0))).toBeLessThanOrEqual(tasks);
  }, 900_000);
});

describe("every region", () => {
  simulated();

  it("comes to an end: the second wave does not begin anew for ever", async ({ expect }) => {
    const scenario = await makeScenario({ regions: everyRegion, things: {} }, { regions: null });
    const { status, summary } = await scan(scenario);
    expect(status).toBe("complete");
    expect(summary["tasksTotal"]).toBe(everyRegion.length + 3);
  }, 900_000);
});

describe("100,000 findings", () => {
  it("are read 100 at a time for at most 105 rows", async ({ expect }) => {
    const org = await makeOrg();
    await seedFindings(org.id, 100_000);
    const answer = await api(org.keys.admin).get<{ data: unknown[] }>("/findings?limit=100");
    const rowsRead = Number(/rows_read=(\d+)/.exec(answer.headers.get("server-timing") ?? "")?.[1]);
    expect(answer.body.data).toHaveLength(100);
    // Two of them for the key, which no cache knows yet.
    expect(rowsRead).toBeLessThanOrEqual(105);
  });
});

const seedFindings = (orgId: string, count: number): Promise<unknown> =>
  env.DB.prepare(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
     INSERT INTO findings (org_id, id, account_id, aws_account_id, resource_id, place, collector, service, resource_type, region,
       type, title, category, severity, severity_rank, summary, details, evidence, digest, status, first_detected_at,
       last_detected_at, detections_before, runs_at_start, verified, reopened_count, last_scan_id, version, created_at, updated_at)
     SELECT ?1, printf('00000000-0000-8000-8000-%012d', i), '0199e0b2-7c1a-7d3e-9b1a-2f4c5d6e7f80', '123456789012',
       printf('00000000-0000-8000-9000-%012d', i), 'eu-west-1', 'ec2.volumes', 'ec2', 'AWS::EC2::Volume', 'eu-west-1',
       'orphaned_volume', 'A volume', 'cost', 'medium', i % 4, 'It is.', '{}', '[]', 'd', 'open',
       '2026-11-21T00:00:00.000Z', '2026-11-21T00:00:00.000Z', 1, 0, 1, 0, '0199e0b3-0000-7000-8000-000000000002', 1,
       '2026-11-21T00:00:00.000Z', '2026-11-21T00:00:00.000Z' FROM n`,
  )
    .bind(orgId, count)
    .run();
