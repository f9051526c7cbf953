import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { systemContext } from "#db/context";
import type { AccountPace } from "#db/values";
import type { Env } from "#env";
import { newId } from "#lib/id";
import { masterKeys, seal } from "#lib/secrets";
import { startScans } from "#scans/start";
import { createSimulator } from "../../simulator/simulator.ts";
import { makeOrg } from "../support/org.ts";
import { noFaults } from "./faults.ts";
import { seeded } from "./random.ts";
import { calm, World } from "./world.ts";

/** What the simulated AWS account is told: see simulator/README.md. */
export type AwsSetting = Readonly<Record<string, unknown>>;

/** How often an operation was asked for in a region. */
export interface AwsCall {
  readonly service: string;
  readonly action: string;
  readonly region: string;
  readonly count: number;
}

/** An organization with one connected account and one webhook, in a world of its own. */
export interface Scenario {
  readonly world: World;
  readonly orgId: string;
  readonly accountId: string;
  readonly awsAccountId: string;
  /** Events received, as their bodies say. */
  readonly received: { readonly id: string; readonly type: string; readonly body: unknown }[];
  configure(setting: AwsSetting): Promise<void>;
  /** What AWS was asked so far. */
  calls(): Promise<readonly AwsCall[]>;
  /** Begins a scan, of some services or all, and answers its id. */
  scan(services?: readonly string[]): Promise<string>;
  /** No scan is active and no delivery pending. */
  atRest(): Promise<boolean>;
}

const start = new Date("2026-11-23T08:00:00Z");

export async function makeScenario(setting: AwsSetting = {}, limits: Limits = {}): Promise<Scenario> {
  vi.setSystemTime(start);
  const simulator = createSimulator();
  const org = await makeOrg();
  const aws = { fetch: (request: Request) => simulator.fetch(request) } as unknown as Fetcher;
  const world = new World(env, aws, { orgId: org.id, start });
  const awsAccountId = "300000000001";
  const accessKeyId = "AKIASIMULATION000001";
  const secretAccessKey = "secret-of-a-simulated-account-0000000000";
  const control = `https://simulator.internal/accounts/${awsAccountId}`;
  const configure = async (more: AwsSetting): Promise<void> => {
    const answer = await simulator.fetch(new Request(control, { method: "PUT", body: JSON.stringify(more) }));
    if (!answer.ok) throw new Error(`The simulator refused: ${await answer.text()}`);
  };
  await configure({ accessKeyId, secretAccessKey, now: start.toISOString(), ...setting });
  const accountId = await makeAccount(org.id, awsAccountId, { accessKeyId, secretAccessKey, ...limits });
  await makeWebhook(org.id);
  const received: Scenario["received"] = [];
  return {
    world,
    orgId: org.id,
    accountId,
    awsAccountId,
    received,
    configure,
    calls: async () => (await simulator.fetch(new Request(`${control}/calls`))).json(),
    scan: (services) => begin(world, { orgId: org.id, accountId, services: services ?? null }),
    atRest: () => isAtRest(org.id),
  };
}

interface Beginning {
  readonly orgId: string;
  readonly accountId: string;
  readonly services: readonly string[] | null;
}

async function begin(world: World, { orgId, accountId, services }: Beginning): Promise<string> {
  const { result } = await world.invoke(noFaults, async (bindings: Env, ctx) => {
    const org = systemContext(bindings, { orgId, shard: 0 }, world.now, (promise) => ctx.waitUntil(promise));
    return startScans(org, { accountIds: [accountId], regions: null, services, trigger: "api" });
  });
  const scan = result?.scans[0];
  if (!scan) throw new Error("The scan could not be started");
  return scan.id;
}

async function isAtRest(orgId: string): Promise<boolean> {
  const [scans, pending] = await env.DB.batch<{ n: number }>([
    env.DB.prepare("SELECT count(*) AS n FROM scans WHERE org_id = ?1 AND active = 1").bind(orgId),
    env.DB.prepare("SELECT count(*) AS n FROM deliveries WHERE org_id = ?1 AND status = 'pending'").bind(orgId),
  ]);
  return scans?.results[0]?.n === 0 && pending?.results[0]?.n === 0;
}

/** What the account is set to scan. */
export interface Limits {
  /** One region when left out; null: all. */
  readonly regions?: readonly string[] | null;
  /** All when left out. */
  readonly services?: readonly string[] | null;
  /** As usual when left out. */
  readonly pace?: AccountPace | null;
}

interface AccountMaking extends Limits {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

async function makeAccount(orgId: string, awsAccountId: string, making: AccountMaking): Promise<string> {
  const { accessKeyId, secretAccessKey, regions = ["eu-west-1"], services = null, pace = null } = making;
  const id = newId();
  const sealedSecret = await seal(masterKeys(env.MASTER_KEYS), "credential", `${orgId}/${id}/secret`, secretAccessKey);
  await env.DB.prepare(
    `INSERT INTO accounts (org_id, id, aws_account_id, name, environment, status, credential, regions, services, pace, is_management, scan_seq, version, created_at, updated_at)
     VALUES (?1, ?2, ?3, 'Simulated', 'production', 'pending', ?4, ?6, ?7, ?8, 0, 0, 1, ?5, ?5)`,
  )
    .bind(
      orgId,
      id,
      awsAccountId,
      JSON.stringify({ method: "access_key", accessKeyId, sealedSecret }),
      start.toISOString(),
      JSON.stringify(regions),
      JSON.stringify(services),
      pace && JSON.stringify(pace),
    )
    .run();
  return id;
}

/** Where the receiver of the simulation listens. */
export const receiverUrl = "http://127.0.0.1:9/hook";

async function makeWebhook(orgId: string): Promise<void> {
  const id = newId();
  const secret = await seal(
    masterKeys(env.MASTER_KEYS),
    "webhook-secret",
    `webhooks/${orgId}/${id}/secret`,
    `whsec_${btoa("x".repeat(32))}`,
  );
  await env.DB.prepare(
    `INSERT INTO webhooks (org_id, id, url, events, secret, status, version, created_at, updated_at)
     VALUES (?1, ?2, ?3, '["*"]', ?4, 'enabled', 1, ?5, ?5)`,
  )
    .bind(orgId, id, receiverUrl, secret, start.toISOString())
    .run();
}

/** Rows of the scenario's organization, which a query names `?1`. */
export const rowsOf = async <Row>({ orgId }: Pick<Scenario, "orgId">, query: string): Promise<Row[]> =>
  (await env.DB.prepare(query).bind(orgId).all<Row>()).results;

/** A scan to its end, undisturbed; answers its status. */
export async function scanned({ scan, world, atRest }: Scenario, services?: readonly string[]): Promise<string> {
  const id = await scan(services);
  await world.run(seeded(1), calm, () => atRest());
  return (await env.DB.prepare("SELECT status FROM scans WHERE id = ?1").bind(id).first<string>("status")) ?? "";
}

/** Collectors that did not see all they were to see. */
export const unseenIn = ({ coverage = [] }: Record<string, unknown[]>): readonly unknown[] =>
  coverage.filter((one) => (one as { readonly state: string }).state !== "done");

/** Everything a scan leaves behind that must be the same however it got there. */
export async function stateOf({ orgId, accountId }: Scenario): Promise<Record<string, unknown[]>> {
  const queries: Record<string, string> = {
    resources:
      "SELECT native_id, resource_type, digest, verdicts, cross_verdicts, from_seq FROM resources WHERE org_id = ?1 ORDER BY 1, 2",
    dependencies: `SELECT s.native_id AS source, d.kind, t.native_id AS target, count(*) AS n FROM dependencies AS d
      JOIN resources AS s ON s.org_id = d.org_id AND s.id = d.source_id LEFT JOIN resources AS t ON t.org_id = d.org_id AND t.id = d.target_id
      WHERE d.org_id = ?1 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    findings: `SELECT type, resource_arn, status, severity, summary, details, detections_before, runs_at_start, verified, reopened_count
      FROM findings WHERE org_id = ?1 ORDER BY type, resource_arn, summary`,
    counters:
      "SELECT subject, dimension, value, total, open, snoozed, ignored, resolved FROM counters WHERE org_id = ?1 ORDER BY 1, 2, 3",
    versions:
      "SELECT from_seq, to_seq, row ->> 'native_id' AS native FROM resource_versions WHERE org_id = ?1 ORDER BY 3, 2",
    scans: `SELECT status, seq, active, summary ->> 'findingsNew' AS found, summary ->> 'findingsResolved' AS resolved,
      summary ->> 'resourcesAdded' AS added, summary ->> 'resourcesRemoved' AS removed FROM scans WHERE org_id = ?1 ORDER BY seq`,
    tasks: "SELECT id FROM scan_tasks WHERE org_id = ?1",
    coverage: `SELECT region, seq, key AS collector, value ->> 'state' AS state, value ->> 'runs' AS runs, value ->> 'completeSeq' AS whole,
      value ->> 'resources' AS resources, value ->> 'fail' AS fails FROM coverage, json_each(collectors) WHERE org_id = ?1 ORDER BY 1, 3`,
    told: `SELECT names, count(*) AS findings FROM events, json_each(data -> 'findings') WHERE org_id = ?1 GROUP BY names ORDER BY names`,
    happened: `SELECT account_id = '' AS whole, sum(opened_low) AS low, sum(opened_medium) AS medium, sum(opened_high) AS high,
      sum(opened_critical) AS critical, sum(resolved_low + resolved_medium + resolved_high + resolved_critical) AS resolved
      FROM daily_stats WHERE org_id = ?1 GROUP BY 1 ORDER BY 1`,
    stands: `SELECT account_id = '' AS whole, open_low, open_medium, open_high, open_critical, resources, savings, spend
      FROM daily_stats AS d WHERE org_id = ?1 AND open_low IS NOT NULL AND day = (SELECT max(n.day) FROM daily_stats AS n
        WHERE n.org_id = ?1 AND n.account_id = d.account_id AND n.open_low IS NOT NULL) ORDER BY 1`,
    undelivered: "SELECT event FROM deliveries WHERE org_id = ?1 AND status <> 'delivered'",
  };
  const names = Object.keys(queries);
  const results = await env.DB.batch(names.map((name) => env.DB.prepare(queries[name] ?? "").bind(orgId)));
  const ids = new RegExp(`${orgId}|${accountId}`, "g");
  return Object.fromEntries(
    names.map((name, index) => [
      name,
      JSON.parse(JSON.stringify(results[index]?.results ?? []).replaceAll(ids, "…")) as unknown[],
    ]),
  );
}
