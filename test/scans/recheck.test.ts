import { eventComplaints } from "../support/openapi.ts";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, it } from "vitest";
import { systemContext } from "#db/context";
import { accounts } from "#db/schema";
import { usualPace } from "#db/values";
import type { Env } from "#env";
import { Fault } from "#lib/fault";
import { collectorOf } from "#scans/catalogue";
import { lookAgain, rechecking } from "#scans/recheck";
import { createLooker } from "#scans/recheck-look";
import { writeRecheck } from "#scans/recheck-write";
import { recheckFinding, type Rechecked } from "../../src/modules/findings/recheck.ts";
import { keptAndDerived } from "../modules/findings/derived.ts";
import { noFaults } from "../sim/faults.ts";
import { simulated } from "../sim/life.ts";
import { makeScenario, rowsOf, scanned, stateOf, type Scenario } from "../sim/scenario.ts";

interface FindingRow {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly resource_id: string;
  readonly resource_arn: string | null;
  readonly verified: number;
  readonly version: number;
}

const findingsOf = (scenario: Scenario): Promise<FindingRow[]> =>
  rowsOf<FindingRow>(scenario, "SELECT * FROM findings WHERE org_id = ?1 ORDER BY id");

async function findingOf(scenario: Scenario, type: string): Promise<FindingRow> {
  const found = (await findingsOf(scenario)).find((row) => row.type === type && row.status === "open");
  if (!found) throw new Error(`The simulated account has no ${type}`);
  return found;
}

const rowOf = async (scenario: Scenario, id: string): Promise<FindingRow | undefined> =>
  (await findingsOf(scenario)).find((row) => row.id === id);

/** Inside of the scenario's world; a fault is answered, not thrown. */
async function within<T>(scenario: Scenario, work: (bindings: Env) => Promise<T>): Promise<T | Fault> {
  let fault: Fault | null = null;
  const { result } = await scenario.world.invoke(noFaults, (bindings) =>
    work(bindings).catch((error: unknown) => {
      if (!(error instanceof Fault)) console.error(error);
      fault = error as Fault;
      throw error;
    }),
  );
  return result ?? fault ?? new Fault("INTERNAL", "It failed without a word.");
}

const contextOf = (scenario: Scenario, bindings: Env) =>
  systemContext(bindings, { orgId: scenario.orgId, shard: 0 }, scenario.world.now, () => undefined);

const recheck = (scenario: Scenario, id: string): Promise<Rechecked | Fault> =>
  within(scenario, (bindings) => recheckFinding(contextOf(scenario, bindings), id));

const verdictOf = (answer: Rechecked | Fault): string =>
  answer instanceof Fault ? `${answer.code}: ${answer.detail}` : answer.verdict.status;

const services = { services: ["ec2", "rds", "iam", "s3"] };

describe("POST /findings/{id}/recheck", () => {
  simulated();

  it("200: every finding of a scan fails again, local and across services, and nothing is written", async ({
    expect,
  }) => {
    const scenario = await makeScenario({}, services);
    expect(await scanned(scenario)).toBe("complete");
    const before = await stateOf(scenario);
    const verdicts: Record<string, string> = {};
    for (const { id, type } of await findingsOf(scenario))
      verdicts[`${type} ${id}`] = verdictOf(await recheck(scenario, id));
    expect(Object.entries(verdicts).filter(([, verdict]) => verdict !== "fail")).toEqual([]);
    expect(Object.keys(verdicts).length).toBeGreaterThan(15);
    const { told: _, ...after } = await stateOf(scenario);
    const { told: __, ...expected } = before;
    expect(after).toEqual(expected);
  });

  it("200: resolves what was mended, and the next scan finds nothing left to do", async ({ expect }) => {
    const scenario = await makeScenario({}, services);
    await scanned(scenario);
    const { id, resource_arn: arn } = await findingOf(scenario, "orphaned_volume");
    await scenario.configure({ overrides: { [arn?.split("/").at(-1) ?? ""]: { status: "in-use" } } });
    const answer = await recheck(scenario, id);
    expect(verdictOf(answer)).toBe("pass");
    expect(await rowOf(scenario, id)).toMatchObject({ status: "resolved" });
    const { kept, derived } = await keptAndDerived(scenario.orgId);
    expect(kept).toEqual(derived);
    const told = await rowsOf<{ names: string; data: string }>(
      scenario,
      "SELECT names, data FROM events WHERE org_id = ?1 AND data ->> 'scanId' IS NULL AND names LIKE '%finding%'",
    );
    expect(told.map(({ names }) => names)).toEqual(['["finding.resolved"]']);
    for (const { data } of told) expect(eventComplaints("finding.resolved", JSON.parse(data))).toEqual([]);
    expect(
      await rowsOf(scenario, "SELECT action FROM audit_log WHERE org_id = ?1 AND action = 'finding.recheck'"),
    ).toHaveLength(1);
    await scanned(scenario);
    expect(await rowOf(scenario, id)).toMatchObject({ status: "resolved", version: 2 });
  });

  it("200: resolves what is gone; should it come back, the next scan opens it again", async ({ expect }) => {
    const scenario = await makeScenario({}, services);
    await scanned(scenario);
    for (const type of ["orphaned_volume", "s3_bucket_versioning_off", "security_group_open_port"]) {
      const { id, resource_arn: arn } = await findingOf(scenario, type);
      await scenario.configure({ hidden: [arn?.split(/[/:]/).at(-1)] });
      expect(verdictOf(await recheck(scenario, id)), type).toBe("gone");
      expect(await rowOf(scenario, id)).toMatchObject({ status: "resolved" });
      await scenario.configure({ hidden: [] });
      await scanned(scenario);
      expect(await rowOf(scenario, id)).toMatchObject({ status: "open", reopened_count: 1 });
    }
  });

  it("200: says why nothing can be said, and the finding stays, until a scan sees it again", async ({ expect }) => {
    const scenario = await makeScenario({}, services);
    await scanned(scenario);
    for (const [type, service, action] of [
      ["orphaned_volume", "ec2", "DescribeVolumes"],
      ["old_snapshot", "ec2", "DescribeImages"],
      ["s3_bucket_versioning_off", "s3", "GetBucketVersioning"],
    ] as const) {
      const { id } = await findingOf(scenario, type);
      await scenario.configure({ faults: [{ service, action, kind: "deny" }] });
      const answer = await recheck(scenario, id);
      expect(verdictOf(answer), type).toBe("unknown");
      if (!(answer instanceof Fault)) expect(answer.verdict.summary).toMatch(/AccessDenied|UnauthorizedOperation/);
      expect(await rowOf(scenario, id)).toMatchObject({ status: "open", verified: 0 });
      await scenario.configure({ faults: [] });
      expect(verdictOf(await recheck(scenario, id)), type).toBe("fail");
      expect(await rowOf(scenario, id)).toMatchObject({ status: "open", verified: 1 });
    }
  });

  it("409: while its account is scanned, and when a scan began before the answer was written", async ({ expect }) => {
    const scenario = await makeScenario({}, services);
    await scanned(scenario);
    const { id, resource_arn: arn } = await findingOf(scenario, "orphaned_volume");
    await scenario.configure({ hidden: [arn?.split("/").at(-1)] });
    const late = await within(scenario, async (bindings) => {
      const about = await rechecking(contextOf(scenario, bindings), id);
      const fresh = await lookAgain(about);
      await scenario.scan();
      return writeRecheck(about, fresh);
    });
    expect(late).toMatchObject({ code: "SCAN_RUNNING" });
    expect(await recheck(scenario, id)).toMatchObject({
      code: "SCAN_RUNNING",
      members: { scanId: expect.any(String) },
    });
    expect(await rowOf(scenario, id)).toMatchObject({ status: "open", version: 1 });
  });

  it("409: where its check is switched off", async ({ expect }) => {
    const scenario = await makeScenario({}, { services: ["ec2"] });
    await scanned(scenario);
    const { id } = await findingOf(scenario, "orphaned_volume");
    await env.DB.prepare(
      "UPDATE organizations SET settings = json_set(settings, '$.checksOff', json('[\"orphaned_volume\"]')) WHERE org_id = ?1",
    )
      .bind(scenario.orgId)
      .run();
    expect(await recheck(scenario, id)).toMatchObject({ code: "CONFLICT" });
  });

  it("422: where too much would have to be asked, whatever AWS answers", async ({ expect }) => {
    const scenario = await makeScenario({ things: { "dynamodb.tables": 400 } }, { services: ["dynamodb"] });
    const looked = await within(scenario, async (bindings) => {
      const org = contextOf(scenario, bindings);
      const [account] = await org.db.select().from(accounts).where(eq(accounts.orgId, org.id));
      if (!account) throw new Error("The account is gone");
      const looker = createLooker({ org, account, pace: usualPace, sessionName: "test" });
      return looker.one(collectorOf("dynamodb.tables"), "eu-west-1", { nativeId: "arn:none", name: null });
    });
    expect(looked).toMatchObject({ code: "RECHECK_TOO_LARGE" });
  });
});
