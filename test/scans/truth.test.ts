import { env } from "cloudflare:workers";
import fc from "fast-check";
import { describe, it } from "vitest";
import type { CollectorState } from "#db/values";
import { simulated } from "../sim/life.ts";
import { seeded } from "../sim/random.ts";
import { makeScenario, type Scenario } from "../sim/scenario.ts";
import { calm } from "../sim/world.ts";

const hour = 3_600_000;

/** Calls whose failure must never look like an empty account. */
const calls = [
  ["ec2", "DescribeInstances"],
  ["ec2", "DescribeVolumes"],
  ["ec2", "DescribeSnapshots"],
  ["ec2", "DescribeImages"],
  ["ec2", "DescribeAddresses"],
  ["ec2", "DescribeSecurityGroups"],
  ["ec2", "DescribeNetworkInterfaces"],
  ["rds", "DescribeDBInstances"],
  ["rds", "DescribeDBSnapshots"],
  ["rds", "DescribeDBSnapshotAttributes"],
  ["iam", "GetAccountAuthorizationDetails"],
  ["iam", "GetCredentialReport"],
  ["iam", "ListAccessKeys"],
  ["iam", "GetAccountSummary"],
] as const;

const fault = fc.record({
  call: fc.constantFrom(...calls),
  kind: fc.constantFrom("deny", "throttle", "error500", "brokenPage", "expire", "unavailable"),
});

/** One scan: what fails, and which of the account's things are gone. */
const step = fc.record({
  faults: fc.array(fault, { maxLength: 4 }),
  hidden: fc.array(fc.nat({ max: 30 }), { maxLength: 3 }),
});

interface Finding {
  readonly id: string;
  readonly status: string;
  readonly place: string;
  readonly collector: string;
  readonly arn: string | null;
}

async function findingsOf({ orgId }: Scenario): Promise<Map<string, Finding>> {
  const { results } = await env.DB.prepare(
    "SELECT id, status, place, collector, resource_arn AS arn FROM findings WHERE org_id = ?1",
  )
    .bind(orgId)
    .all<Finding>();
  return new Map(results.map((row) => [row.id, row]));
}

async function stateOfCollector(
  scenario: Scenario,
  { place, collector }: Finding,
): Promise<CollectorState | undefined> {
  const row = await env.DB.prepare("SELECT collectors FROM coverage WHERE org_id = ?1 AND region = ?2")
    .bind(scenario.orgId, place)
    .first<{ collectors: string }>();
  return (JSON.parse(row?.collectors ?? "{}") as Record<string, CollectorState>)[collector];
}

/** The counters, and what counting the rows gives. */
async function counted(
  subject: "finding" | "resource",
  { orgId }: Scenario,
): Promise<{ kept: unknown; rows: unknown }> {
  const columns =
    subject === "finding"
      ? {
          severity: "severity",
          type: "type",
          category: "category",
          service: "service",
          region: "region",
          account: "account_id",
          resourceType: "resource_type",
        }
      : {
          service: "service",
          region: "region",
          account: "account_id",
          state: "coalesce(state, '')",
          resourceType: "resource_type",
        };
  const statuses = subject === "finding" ? ["open", "snoozed", "ignored", "resolved"] : [];
  const sums = ["open", "snoozed", "ignored", "resolved"].map((name) =>
    statuses.includes(name) ? `sum(status = '${name}') AS ${name}` : `0 AS ${name}`,
  );
  const rows = [];
  for (const [dimension, column] of Object.entries({ ...columns, all: "''" })) {
    const { results } = await env.DB.prepare(
      `SELECT '${dimension}' AS dimension, ${column} AS value, count(*) AS total, ${sums.join(", ")} FROM ${subject}s WHERE org_id = ?1 GROUP BY ${column}`,
    )
      .bind(orgId)
      .all();
    rows.push(...results);
  }
  const { results: kept } = await env.DB.prepare(
    "SELECT dimension, value, total, open, snoozed, ignored, resolved FROM counters WHERE org_id = ?1 AND subject = ?2",
  )
    .bind(orgId, subject)
    .all();
  const inOrder = (list: unknown[]): string[] => list.map((row) => JSON.stringify(row)).toSorted();
  return { kept: inOrder(kept), rows: inOrder(rows) };
}

describe("whatever AWS answers", () => {
  simulated();

  it("nothing is resolved but by a whole list, and the counters equal the rows", async ({ expect }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 4 }), async (steps) => {
        const scenario = await makeScenario({}, { services: ["ec2", "rds", "iam"] });
        const ids = await firstScan(scenario);
        for (const [index, { faults, hidden }] of steps.entries()) {
          const before = await findingsOf(scenario);
          await scenario.configure({
            faults: faults.map(({ call: [service, action], kind }) => ({ service, action, kind })),
            hidden: hidden.map((at) => ids[at % ids.length]),
          });
          scenario.world.advance(hour);
          await scanToRest(scenario);
          for (const [id, after] of await findingsOf(scenario)) {
            if (after.status !== "resolved" || before.get(id)?.status === "resolved") continue;
            const state = await stateOfCollector(scenario, after);
            expect(state?.completeSeq, `${after.collector} of ${after.arn} in scan ${index + 2}`).toBe(index + 2);
          }
          for (const subject of ["finding", "resource"] as const) {
            const { kept, rows } = await counted(subject, scenario);
            expect(kept).toEqual(rows);
          }
        }
      }),
      { numRuns: 12 },
    );
  }, 300_000);
});

async function scanToRest(scenario: Scenario): Promise<void> {
  await scenario.scan();
  await scenario.world.run(seeded(1), calm, () => scenario.atRest());
}

/** Answers the native ids of what the account holds. */
async function firstScan(scenario: Scenario): Promise<string[]> {
  await scanToRest(scenario);
  const { results } = await env.DB.prepare("SELECT native_id AS id FROM resources WHERE org_id = ?1 ORDER BY native_id")
    .bind(scenario.orgId)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}
