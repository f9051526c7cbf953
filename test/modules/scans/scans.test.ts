import * as fc from "fast-check";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { derivedId } from "#lib/id";
import { emptySummary } from "#scans/start";
import { api } from "../../support/api.ts";
import type { TestOrg } from "../../support/org.ts";
import {
  accountRow,
  at,
  collectorState,
  costOf,
  getList,
  idAt,
  insertRows,
  quietOrg,
  resourceRow,
  rowsOf,
  walk,
  type Row,
} from "../findings/world.ts";
import { endedScanRow } from "./world.ts";

type Body = { data: Record<string, unknown> & { id: string } };
const active = ["queued", "processing", "running", "analyzing"] as const;
const ended = ["complete", "partial", "error", "canceled"] as const;
const statuses = [...active, ...ended] as const;

const scanRow = (org: TestOrg, account: Row, n: number, status: string, more: Row = {}): Row & { id: string } => ({
  ...endedScanRow(org, account, n),
  status,
  completed_at: active.some((one) => one === status) ? null : at(n + 1),
  ...more,
});

async function makeScans(count: number): Promise<{ org: TestOrg; rows: (Row & { id: string })[]; runs: string[] }> {
  const org = await quietOrg();
  const accounts = [accountRow(org.id, "111111111111"), accountRow(org.id, "222222222222")];
  const runs = [idAt(1), idAt(2), idAt(3)];
  const status = (n: number): string =>
    n % 10 === 0 ? (active[(n / 10) % 4] ?? "queued") : (ended[n % 4] ?? "complete");
  const rows = Array.from({ length: count }, (_, n) =>
    scanRow(org, accounts[n % 2] ?? {}, n * 300, status(n), { seq: n, run_id: runs[n % 3] ?? "" }),
  );
  await insertRows("accounts", accounts);
  await insertRows("scans", rows);
  return { org, rows, runs };
}

let world: Awaited<ReturnType<typeof makeScans>>;
beforeAll(async () => {
  world = await makeScans(300);
});

const some = <Value extends string>(values: readonly Value[]) =>
  fc.option(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: values.length }), { nil: undefined });
const filters = fc.record({
  status: some(statuses),
  accountId: some(["111111111111", "222222222222"]),
  run: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
  since: fc.option(fc.integer({ min: 0, max: 100_000 }), { nil: undefined }),
  until: fc.option(fc.integer({ min: 0, max: 100_000 }), { nil: undefined }),
});

describe("GET /scans", () => {
  it("200: any filters answer exactly what matches, the newest first, forward and backward", async () => {
    await fc.assert(
      fc.asyncProperty(filters, async ({ status, accountId, run, since, until }) => {
        const expected = world.rows
          .filter(
            (row) =>
              (status?.some((one) => one === row["status"]) ?? true) &&
              (accountId?.some((one) => one === row["aws_account_id"]) ?? true) &&
              (run === undefined || row["run_id"] === world.runs[run]) &&
              (since === undefined || String(row["created_at"]) >= at(since)) &&
              (until === undefined || String(row["created_at"]) <= at(until)),
          )
          .map(({ id }) => id)
          .toSorted()
          .toReversed();
        const query = new URLSearchParams();
        if (status) query.set("status", status.join(","));
        if (accountId) query.set("accountId", accountId.join(","));
        if (run !== undefined) query.set("runId", world.runs[run] ?? "");
        if (since !== undefined) query.set("since", at(since));
        if (until !== undefined) query.set("until", at(until));
        const { forward, backward } = await walk(world.org, `/scans?limit=40&${query.toString()}`);
        expect(forward).toEqual(expected);
        expect(backward).toEqual(expected);
      }),
      { numRuns: 80 },
    );
  });

  it("200: active and recent ones", async () => {
    const idsOf = (wanted: readonly string[]) =>
      world.rows
        .filter((row) => wanted.includes(String(row["status"])))
        .map(({ id }) => id)
        .toSorted()
        .toReversed();
    expect((await getList(world.org, "/scans/active")).body.data.map(({ id }) => id)).toEqual(idsOf(active));
    expect((await getList(world.org, "/scans/recent")).body.data.map(({ id }) => id)).toEqual(
      idsOf(ended).slice(0, 10),
    );
    expect((await getList(world.org, "/scans/recent?limit=100")).body.data).toHaveLength(100);
    expect((await getList(world.org, "/scans/recent?limit=101")).status).toBe(400);
  });

  it.each([1_000, 20_000])("reads about as many rows as it answers at %i scans", async (count) => {
    const { org, runs } = await makeScans(count);
    await costOf(org, "/scans?limit=1");
    const figures: Record<string, number> = {};
    const last = at((count - 100) * 300);
    const cases = {
      "": 1,
      "status=complete": 1,
      "status=queued,running": 2,
      "accountId=111111111111": 1,
      [`runId=${runs[0]}`]: 1,
      [`until=${last}`]: 1.5,
    };
    for (const [query, values] of Object.entries(cases)) {
      const { rowsRead, roundTrips } = await costOf(org, `/scans?limit=20&${query}`);
      figures[query] = rowsRead;
      expect(roundTrips).toBe(1);
      expect(rowsRead).toBeLessThanOrEqual(values * 25 + 2);
    }
    console.warn(JSON.stringify({ count, figures }));
  });
});

describe("GET /scans/{id}", () => {
  it("200: its delta, cost and duration; hasKey is false once the account is gone", async () => {
    const org = await quietOrg();
    const summary = {
      ...emptySummary,
      tasksTotal: 4,
      resourcesAdded: 5,
      resourcesRemoved: 2,
      awsCalls: 9,
      findingsNew: 1,
    };
    const row = scanRow(org, {}, 1, "complete", {
      account_id: null,
      aws_account_id: "111111111111",
      summary: JSON.stringify(summary),
    });
    await insertRows("scans", [row]);
    const { body, headers } = await api(org.keys.viewer).get<Body>(`/scans/${row.id}`);
    expect(body.data).toMatchObject({
      hasKey: false,
      accountId: null,
      resourcesDelta: 3,
      findingsNew: 1,
      durationMs: 60_000,
      cost: { tasks: 4, awsCalls: 9, durationMs: 60_000 },
    });
    expect(headers.get("etag")).toBe('"1"');
  });

  it("404: another organization's, everywhere", async () => {
    const stranger = await quietOrg();
    const id = world.rows[0]?.id;
    for (const path of [`/scans/${id}`, `/scans/${id}/coverage`, `/scans/${id}/components`, `/runs/${id}`]) {
      expect([path, (await api(stranger.keys.admin).get(path)).status]).toEqual([path, 404]);
    }
    expect((await api(stranger.keys.admin).post(`/scans/${id}/cancel`)).status).toBe(404);
  });
});

describe("GET /scans/{id}/coverage", () => {
  it("200: one row for each region and collector, also as CSV", async () => {
    const org = await quietOrg();
    const error = {
      service: "ec2",
      action: "ec2:DescribeVolumes",
      region: "us-east-1",
      code: "UnauthorizedOperation",
      kind: "denied",
      remedy: "Allow it.",
      count: 2,
    };
    const coverage = {
      "us-east-1": {
        "ec2.volumes": collectorState({ state: "denied", errors: [error] }),
        "acm.certificates": collectorState(),
      },
      global: { "iam.users": collectorState({ resources: 7 }) },
    };
    const row = scanRow(org, {}, 1, "partial", { summary: JSON.stringify({ ...emptySummary, coverage }) });
    await insertRows("scans", [row]);
    const { body } = await getList(org, `/scans/${row.id}/coverage`);
    expect(body.data).toMatchObject([
      { region: "global", service: "iam", collector: "iam.users", state: "done", resources: 7, errors: [] },
      { region: "us-east-1", service: "acm", collector: "acm.certificates", state: "done" },
      { region: "us-east-1", service: "ec2", collector: "ec2.volumes", state: "denied", errors: [error] },
    ]);
    const csv = await getList(org, `/scans/${row.id}/coverage?format=csv`);
    expect(csv.text.trimEnd().split("\r\n")).toHaveLength(4);
  });

  it("200: while it runs, what its tasks have written so far", async () => {
    const org = await quietOrg();
    const account = accountRow(org.id, "111111111111");
    const row = scanRow(org, account, 1, "running", { active: 1 });
    await insertRows("accounts", [account]);
    await insertRows("scans", [row]);
    const tally = { resources: 2, pass: 1, fail: 1, unknown: 0, checks: {} };
    const part = { whole: true, state: "done", errors: [], tally, calls: 1, seen: "0123456789ab" };
    const task = (id: string, outcome: object | null): Row => ({
      org_id: org.id,
      scan_id: row.id,
      id,
      state: outcome ? "done" : "running",
      fence: 1,
      attempts: 1,
      outcome: outcome && JSON.stringify(outcome),
    });
    await insertRows("scan_tasks", [
      task("plan", { counts: {} }),
      task("eu-west-1", { counts: {}, collectors: { "ec2.volumes": part } }),
      task("eu-west-1.1", { counts: {}, collectors: { "ec2.volumes": part } }),
      task("us-east-1", null),
    ]);
    expect((await getList(org, `/scans/${row.id}/coverage`)).body.data).toMatchObject([
      { region: "eu-west-1", collector: "ec2.volumes", state: "done", resources: 4, fail: 2 },
    ]);
  });
});

/** What happens to one resource in each scan: nothing, it appears, changes or goes. */
const histories = fc.array(fc.array(fc.constantFrom("same", "new", "gone"), { minLength: 6, maxLength: 6 }), {
  minLength: 1,
  maxLength: 12,
});

describe("GET /scans/{id}/components", () => {
  it("200: exactly the resources as each scan left them", async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (events) => {
        const org = await quietOrg();
        const account = accountRow(org.id, "111111111111");
        const scans = Array.from({ length: 6 }, (_, n) => scanRow(org, account, n + 1, "complete"));
        const model: Map<string, number>[] = scans.map(() => new Map());
        const [rows, versions]: [Row[], Row[]] = [[], []];
        for (const [n, steps] of events.entries()) {
          const id = await derivedId(org.id, "component", String(n));
          let since: number | null = null;
          for (const [index, step] of steps.entries()) {
            const seq = index + 1;
            if (step !== "same" && since !== null) {
              versions.push({
                org_id: org.id,
                account_id: account.id,
                resource_id: id,
                from_seq: since,
                to_seq: seq,
                row: JSON.stringify({ name: `${n}@${since}`, tags: {}, attributes: {} }),
                ended_at: at(seq),
              });
            }
            if (step !== "same") since = step === "new" ? seq : null;
            if (since !== null) model[index]?.set(id, since);
          }
          if (since !== null)
            rows.push(await resourceRow(org.id, account, n, { id, from_seq: since, name: `${n}@${since}` }));
        }
        await insertRows("accounts", [account]);
        await insertRows("scans", scans);
        if (rows.length > 0) await insertRows("resources", rows);
        if (versions.length > 0) await insertRows("resource_versions", versions);
        for (const [index, scan] of scans.entries()) {
          const { body } = await getList(org, `/scans/${scan.id}/components?count=true`);
          expect(new Map(body.data.map(({ id, fromSeq }) => [id, Number(fromSeq)]))).toEqual(model[index]);
          expect(body.pagination).toMatchObject({ total: model[index]?.size, totalExact: true });
          const { forward, backward } = await walk(org, `/scans/${scan.id}/components?limit=3`);
          expect(forward).toEqual([...(model[index]?.keys() ?? [])].toSorted());
          expect(backward).toEqual(forward);
        }
      }),
      { numRuns: 8 },
    );
  });
});

describe("POST /scans", () => {
  it("202: starts a run of the accounts named, by UUID or digits, and says where it is; then 409", async () => {
    const org = await quietOrg();
    const accounts = [accountRow(org.id, "111111111111"), accountRow(org.id, "222222222222")];
    await insertRows("accounts", accounts);
    const started = await api(org.keys.analyst).post<Body>("/scans", {
      accountIds: ["111111111111"],
      services: ["security_groups"],
    });
    expect(started.status).toBe(202);
    expect(started.headers.get("location")).toBe(`/api/v1/runs/${started.body.data.id}`);
    expect(started.body.data).toMatchObject({
      trigger: "api",
      active: true,
      skipped: [],
      scans: [{ accountId: accounts[0]?.id, services: ["ec2"] }],
    });
    const run = await api(org.keys.viewer).get<Body>(`/runs/${started.body.data.id}`);
    expect(run.body.data).toMatchObject({ id: started.body.data.id, scans: [{ runId: started.body.data.id }] });
    const [scan] = run.body.data["scans"] as { id: string }[];
    const canceled = await api(org.keys.editor).post<Body>(`/scans/${scan?.id}/cancel`);
    expect([200, 409]).toContain(canceled.status);
    expect((await api(org.keys.editor).post(`/scans/${scan?.id}/cancel`)).status).toBe(409);
  });

  it("404: digits of no account; 403: a viewer may not start, an analyst not cancel", async () => {
    const org = await quietOrg();
    await insertRows("accounts", [accountRow(org.id, "111111111111")]);
    expect((await api(org.keys.analyst).post("/scans", { accountIds: ["111111111111", "999999999999"] })).status).toBe(
      404,
    );
    expect((await api(org.keys.viewer).post("/scans", {})).status).toBe(403);
    expect((await api(org.keys.analyst).post(`/scans/${idAt(1)}/cancel`)).status).toBe(403);
    expect(await rowsOf("scans", org.id)).toEqual([]);
    expect(
      (await env.DB.prepare("SELECT count(*) AS n FROM runs WHERE org_id = ?1").bind(org.id).first<{ n: number }>())?.n,
    ).toBe(0);
  });
});

describe("GET /checks", () => {
  it("200: the whole catalogue on one page, and by filter", async () => {
    const { body } = await getList(world.org, "/checks");
    expect(body.pagination).toMatchObject({ total: body.data.length, hasMore: false, nextCursor: null });
    expect(new Set(body.data.map(({ id }) => id)).size).toBe(body.data.length);
    const groups = (await getList(world.org, "/checks?service=security_groups")).body.data;
    expect(groups.map(({ id }) => id)).toContain("security_group_open_port");
    expect(groups.map(({ id }) => id)).not.toContain("orphaned_volume");
    expect(
      (await getList(world.org, "/checks?severity=critical")).body.data.every(
        ({ severity }) => severity === "critical",
      ),
    ).toBe(true);
  });
});
