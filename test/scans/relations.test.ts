import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { resourceIdOf } from "#scans/relations";
import { simulated } from "../sim/life.ts";
import { makeScenario, scanned, stateOf, unseenIn, type Scenario } from "../sim/scenario.ts";

async function scan(scenario: Scenario): Promise<Record<string, unknown[]>> {
  await scanned(scenario);
  return stateOf(scenario);
}

/** `<kind> <id of what it points at>`, of one resource. */
async function relationsOf({ orgId }: Scenario, source: string): Promise<readonly string[]> {
  const { results } = await env.DB.prepare(
    "SELECT kind || ' ' || target_id AS edge FROM dependencies WHERE org_id = ?1 AND source_id = ?2 ORDER BY 1",
  )
    .bind(orgId, source)
    .all<{ edge: string }>();
  return results.map(({ edge }) => edge);
}

describe("what a resource depends on", () => {
  simulated();

  it("follows it: what it left is no longer there, what it came to is, and the rest stays", async ({ expect }) => {
    const scenario = await makeScenario({}, { services: ["ec2"] });
    expect(unseenIn(await scan(scenario))).toEqual([]);
    const volume = await env.DB.prepare(
      `SELECT r.id, r.native_id AS arn, r.relations FROM resources AS r WHERE r.org_id = ?1 AND r.collector = 'ec2.volumes'
         AND EXISTS (SELECT 1 FROM json_each(r.relations) AS e WHERE e.value ->> 'kind' = 'attachedTo') LIMIT 1`,
    )
      .bind(scenario.orgId)
      .first<{ id: string; arn: string; relations: string }>();
    if (!volume) throw new Error("No volume is attached to anything");
    const before = await relationsOf(scenario, volume.id);
    const instance = "i-0123456789abcdef0";
    await scenario.configure({ overrides: { [volume.arn.replace(/^.*\//, "")]: { instanceId: instance } } });
    expect(unseenIn(await scan(scenario))).toEqual([]);
    const arn = `arn:aws:ec2:eu-west-1:${scenario.awsAccountId}:instance/${instance}`;
    const target = await resourceIdOf(scenario.orgId, scenario.awsAccountId, "AWS::EC2::Instance", arn);
    const after = await relationsOf(scenario, volume.id);
    expect(after).toContain(`attachedTo ${target}`);
    expect(after).toHaveLength(before.length);
    expect(after.filter((edge) => !edge.startsWith("attachedTo"))).toEqual(
      before.filter((edge) => !edge.startsWith("attachedTo")),
    );
  });
});
