import { describe, it } from "vitest";
import { newId } from "#lib/id";
import { riskLog } from "#scores/risk";
import { api } from "../../support/api.ts";
import type { TestOrg } from "../../support/org.ts";
import { ruleBody } from "../rules/samples.ts";
import {
  accountRow,
  at,
  costOf,
  findingRow,
  getList,
  insertRows,
  quietOrg,
  resourceRow,
  rowsOf,
  type Row,
} from "../findings/world.ts";
import { endedScan, policyBody } from "./samples.ts";

interface Condition {
  readonly condition: { readonly kind: string };
  readonly result: string;
  readonly reason: string;
}
interface PolicyAnswer {
  readonly data: { readonly id: string; readonly version: number; readonly accounts: readonly string[] | null };
}
interface EvaluatedAnswer {
  readonly data: {
    readonly result: string;
    readonly evaluations: readonly {
      readonly id: string;
      readonly result: string;
      readonly conditions: readonly Condition[];
    }[];
  };
}
interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly currentVersion?: number;
  readonly newestScanId?: string;
  readonly errors: readonly { readonly pointer: string; readonly message: string }[];
}

const made = async (org: TestOrg, more: object = {}): Promise<PolicyAnswer["data"]> =>
  (await api(org.keys.editor).post<PolicyAnswer>("/policies", { ...policyBody, ...more })).body.data;

describe("policies", () => {
  it("POST /policies 201: with defaults, audited, found again; repeated it answers the first", async ({ expect }) => {
    const org = await quietOrg();
    const post = () => api(org.keys.editor).post<PolicyAnswer>("/policies", policyBody, { "Idempotency-Key": "one" });
    const [first, second] = [await post(), await post()];
    const { id } = first.body.data;
    expect([first.status, first.headers.get("location"), first.headers.get("etag")]).toEqual([
      201,
      `/api/v1/policies/${id}`,
      '"1"',
    ]);
    expect(second.body).toEqual(first.body);
    expect((await api(org.keys.viewer).get(`/policies/${id}`)).body).toEqual(first.body);
    expect(await rowsOf("policies", org.id)).toHaveLength(1);
    expect(await rowsOf("audit_log", org.id)).toMatchObject([{ action: "policy.create", target_id: id }]);
  });

  it.for([
    [{ conditions: [] }, "/conditions"],
    [{ conditions: [{ kind: "max_open", severity: "critical" }] }, "/conditions/0/count"],
    [{ conditions: [{ kind: "no_new", severity: "low", since: "yesterday" }] }, "/conditions/0/since"],
    [{ conditions: [{ kind: "score_at_least", framework: "nothing", score: 90 }] }, "/conditions/0"],
    [{ conditions: [{ kind: "check_passes", type: "nothing" }] }, "/conditions/0"],
    [{ conditions: [{ kind: "check_passes", type: `rule:${newId()}` }] }, "/conditions/0"],
    [{ conditions: [{ kind: "looks_good" }] }, "/conditions/0/kind"],
    [{ conditions: Array.from({ length: 11 }, () => ({ kind: "scan_complete" })) }, "/conditions"],
    [{ accounts: [newId()] }, "/accounts"],
    [{ accounts: ["999999999999"] }, "/accounts"],
    [{ color: "red" }, "/color"],
  ] as const)("POST /policies 400: %j", async ([more, pointer], { expect }) => {
    const org = await quietOrg();
    const { status, body } = await api(org.keys.editor).post<Problem>("/policies", { ...policyBody, ...more });
    expect([status, body.code, body.errors[0]?.pointer]).toEqual([400, "INVALID_REQUEST", pointer]);
    expect(await rowsOf("policies", org.id)).toEqual([]);
  });

  it("POST /policies 201: names accounts by their digits, rules and frameworks of its own", async ({ expect }) => {
    const org = await quietOrg();
    const account = accountRow(org.id, "111111111111");
    await insertRows("accounts", [account]);
    const rule = await api(org.keys.editor).post<{ data: { id: string } }>("/compliance/rules", ruleBody);
    const conditions = [
      { kind: "check_passes", type: `rule:${rule.body.data.id}` },
      { kind: "score_at_least", framework: "cis_aws_3_0", score: 90 },
    ];
    const frameworks = await api(org.keys.editor).post<Problem>("/policies", { ...policyBody, conditions });
    const known = /known: (\S+),/.exec(frameworks.body.errors?.[0]?.message ?? "")?.[1] ?? "cis_aws_3_0";
    const answer = await api(org.keys.editor).post<PolicyAnswer>("/policies", {
      ...policyBody,
      accounts: ["111111111111", account.id],
      conditions: [conditions[0], { kind: "score_at_least", framework: known, score: 90 }],
    });
    expect([answer.status, answer.body.data.accounts]).toEqual([201, [account.id]]);
  });

  it("POST /policies 409: a name that is taken, and more than 50", async ({ expect }) => {
    const org = await quietOrg();
    await made(org);
    expect((await api(org.keys.editor).post("/policies", policyBody)).status).toBe(409);
    const [row] = await rowsOf("policies", org.id);
    await insertRows(
      "policies",
      Array.from({ length: 49 }, (_, n) => ({ ...row, id: newId(), name: `Policy ${n}` })),
    );
    const more = await api(org.keys.editor).post<Problem>("/policies", { ...policyBody, name: "One more" });
    expect([more.status, more.body.detail]).toEqual([409, expect.stringContaining("50 policies")]);
  });

  it("PATCH 200, PUT 200, DELETE 204, and 412 with a stale If-Match", async ({ expect }) => {
    const org = await quietOrg();
    const { id } = await made(org, { description: "words" });
    const path = `/policies/${id}`;
    const [editor, admin] = [api(org.keys.editor), api(org.keys.admin)];
    const patched = await editor.patch<PolicyAnswer>(path, { enabled: false }, { "If-Match": '"1"' });
    expect(patched.body.data).toMatchObject({ enabled: false, description: "words", version: 2 });
    expect((await editor.patch<PolicyAnswer>(path, { enabled: false })).body.data).toEqual(patched.body.data);
    const stale = { "If-Match": '"1"' };
    for (const answer of [
      await editor.patch<Problem>(path, { enabled: true }, stale),
      await editor.put<Problem>(path, policyBody, stale),
      await admin.delete<Problem>(path, stale),
    ])
      expect([answer.status, answer.body.currentVersion]).toEqual([412, 2]);
    const replaced = await editor.put<PolicyAnswer>(path, policyBody, { "If-Match": '"2"' });
    expect(replaced.body.data).toMatchObject({ enabled: true, description: "", version: 3 });
    expect((await editor.delete(path)).status).toBe(403);
    expect((await admin.delete(path, { "If-Match": '"3"' })).status).toBe(204);
    expect((await editor.get(path)).status).toBe(404);
  });

  it("PATCH 200 or 409: of twenty who change it at once none is lost", async ({ expect }) => {
    const org = await quietOrg();
    const { id } = await made(org);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => api(org.keys.editor).patch(`/policies/${id}`, { description: `${n}` })),
    );
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
    const { body } = await api(org.keys.editor).get<PolicyAnswer>(`/policies/${id}`);
    expect(body.data.version).toBe(1 + answers.filter(({ status }) => status === 200).length);
  });
});

describe("POST /scans/{id}/evaluate", () => {
  /** An account with 3 critical and 2 low open findings, one low that is new, and a scan that judged. */
  async function world(scan: Row = {}) {
    const org = await quietOrg();
    const account = accountRow(org.id, "111111111111");
    const finding = (n: number, more: Row) =>
      findingRow(org.id, account, n, { type: "orphaned_volume", status: "open", first_detected_at: at(n), ...more });
    const low = { severity: "low", severity_rank: 0 };
    const critical = { severity: "critical", severity_rank: 3 };
    const findings = await Promise.all([
      ...[1, 2, 3].map((n) => finding(n, critical)),
      finding(4, low),
      finding(500, low),
      finding(6, { ...critical, status: "ignored" }),
    ]);
    await insertRows("accounts", [account]);
    await insertRows("findings", findings);
    await insertRows("recommendations", [
      {
        org_id: org.id,
        account_id: account.id,
        type: "orphaned_volume",
        id: newId(),
        category: "cost",
        low: 2,
        medium: 0,
        high: 0,
        critical: 3,
        exposed: 0,
        production: 0,
        savings: 0,
        savings_counted: 0,
        priority: 1,
        version: 1,
        created_at: at(0),
        updated_at: at(0),
      },
    ]);
    const log = riskLog({ severity: "critical", exposure: "internal", environment: "production", confidence: 1 });
    await insertRows("resources", [await resourceRow(org.id, account, 1, { risk_log: log })]);
    const verdicts = JSON.stringify({
      orphaned_volume: { pass: 4, fail: 5, unknown: 0 },
      ebs_volume_unencrypted: { pass: 9, fail: 0, unknown: 0 },
      security_group_open_port: { pass: 9, fail: 0, unknown: 1 },
    });
    const older = await endedScan(org, { account_id: account.id, completed_at: at(100) });
    const newest = await endedScan(org, { account_id: account.id, verdicts, ...scan });
    return { org, account, older: older.id, scan: newest.id };
  }

  const judged = async (org: TestOrg, scan: string, conditions: readonly object[]): Promise<readonly Condition[]> => {
    await made(org, { name: newId(), conditions });
    const { body } = await api(org.keys.analyst).post<EvaluatedAnswer>(`/scans/${scan}/evaluate`);
    return body.data.evaluations.flatMap((one) => one.conditions);
  };

  it.for([
    [{ kind: "max_open", severity: "critical", count: 3 }, "pass"],
    [{ kind: "max_open", severity: "critical", count: 2 }, "fail"],
    [{ kind: "max_open", severity: "low", count: 4 }, "fail"],
    [{ kind: "max_open", severity: "low", count: 5 }, "pass"],
    [{ kind: "no_new", severity: "low", since: "previous_scan" }, "fail"],
    [{ kind: "no_new", severity: "medium", since: "previous_scan" }, "pass"],
    [{ kind: "no_new", severity: "critical", since: at(2) }, "fail"],
    [{ kind: "no_new", severity: "critical", since: at(3) }, "pass"],
    [{ kind: "no_new", severity: "critical", since: "P7D" }, "pass"],
    [{ kind: "risk_at_most", score: 30 }, "pass"],
    [{ kind: "risk_at_most", score: 29.9 }, "fail"],
    [{ kind: "check_passes", type: "orphaned_volume" }, "fail"],
    [{ kind: "check_passes", type: "ebs_volume_unencrypted" }, "pass"],
    [{ kind: "check_passes", type: "security_group_open_port" }, "unknown"],
    [{ kind: "check_passes", type: "rds_single_az" }, "unknown"],
    [{ kind: "scan_complete" }, "pass"],
  ] as const)("%j: %s", async ([condition, result], { expect }) => {
    const { org, scan } = await world();
    const [one] = await judged(org, scan, [condition]);
    expect(one?.result, one?.reason).toBe(result);
    const [row] = await rowsOf("evaluations", org.id);
    expect(row).toMatchObject({ scan_id: scan, trigger: "api", result: result === "pass" ? "pass" : "fail" });
  });

  it("200: a framework's score, of its own and built in, from what the checks said", async ({ expect }) => {
    const { org, scan } = await world();
    await insertRows("custom_frameworks", [
      {
        org_id: org.id,
        id: "acme",
        title: "Acme",
        edition: null,
        controls: JSON.stringify([
          { id: "1", title: "One", checks: ["ebs_volume_unencrypted"] },
          { id: "2", title: "Two", checks: ["orphaned_volume"] },
        ]),
        version: 1,
        created_at: at(0),
        updated_at: at(0),
      },
      {
        org_id: org.id,
        id: "bare",
        title: "Bare",
        edition: null,
        controls: "[]",
        version: 1,
        created_at: at(0),
        updated_at: at(0),
      },
    ]);
    const of = (framework: string, score: number) => ({ kind: "score_at_least", framework, score });
    const results = await judged(org, scan, [of("acme", 60), of("acme", 99), of("bare", 0)]);
    expect(results.map(({ result }) => result)).toEqual(["pass", "fail", "unknown"]);
    expect(results[1]?.reason).toMatch(/The score for acme is \d+(\.\d)?; 99 is asked for\./);
  });

  it("200: without evidence nothing passes", async ({ expect }) => {
    const { org, scan } = await world({ status: "error", verdicts: null });
    const kinds = [
      { kind: "max_open", severity: "low", count: 100 },
      { kind: "risk_at_most", score: 100 },
      { kind: "scan_complete" },
    ];
    expect((await judged(org, scan, kinds)).map(({ result }) => result)).toEqual(["unknown", "unknown", "fail"]);
    const first = await quietOrg();
    const { id } = await endedScan(first);
    const [fresh] = await judged(first, id, [{ kind: "no_new", severity: "low", since: "previous_scan" }]);
    expect(fresh).toMatchObject({ result: "unknown", reason: expect.stringContaining("no earlier scan") });
  });

  it("200: only policies that are enabled and about the account; repeated it answers the first", async ({ expect }) => {
    const { org, account, scan } = await world();
    const other = accountRow(org.id, "222222222222");
    await insertRows("accounts", [other]);
    await made(org, { name: "Mine", accounts: [account.id], conditions: [{ kind: "scan_complete" }] });
    await made(org, { name: "Other", accounts: [other.id] });
    await made(org, { name: "Off", enabled: false });
    const post = () =>
      api(org.keys.analyst).post<EvaluatedAnswer>(`/scans/${scan}/evaluate`, undefined, { "Idempotency-Key": "x" });
    const [first, second] = [await post(), await post()];
    expect(first.body.data).toMatchObject({ result: "pass", evaluations: [{ policyName: "Mine" }] });
    expect(second.body).toEqual(first.body);
    expect(await rowsOf("evaluations", org.id)).toHaveLength(1);
    expect(await rowsOf("events", org.id)).toEqual([]);
  });

  it("409: an older scan names the newest, one that runs is to be waited for, and without a policy nothing passes", async ({
    expect,
  }) => {
    const { org, older, scan } = await world();
    const none = await api(org.keys.analyst).post<Problem>(`/scans/${scan}/evaluate`);
    expect([none.status, none.body.code, none.body.detail]).toEqual([
      409,
      "CONFLICT",
      expect.stringContaining("POST /policies"),
    ]);
    await made(org);
    const old = await api(org.keys.analyst).post<Problem>(`/scans/${older}/evaluate`);
    expect([old.status, old.body.newestScanId, old.body.detail]).toEqual([409, scan, expect.stringContaining(scan)]);
    const running = await endedScan(org, { status: "running", active: 1, completed_at: null });
    const active = await api(org.keys.analyst).post<Problem>(`/scans/${running.id}/evaluate`);
    expect([active.status, active.body.code]).toEqual([409, "SCAN_RUNNING"]);
    expect((await api(org.keys.viewer).post(`/scans/${scan}/evaluate`)).status).toBe(403);
  });

  it("GET evaluations and violations 200: filtered, the newest of each policy, a list of N reads about N", async ({
    expect,
  }) => {
    const { org, scan } = await world();
    const bad = await made(org, { name: "Bad", conditions: [{ kind: "scan_complete" }, policyBody.conditions[0]] });
    await made(org, { name: "Good", conditions: [{ kind: "scan_complete" }] });
    const evaluate = () => api(org.keys.analyst).post(`/scans/${scan}/evaluate`);
    await evaluate();
    await evaluate();
    const names = async (path: string) => (await getList(org, path)).body.data.map((one) => one["policyName"]);
    expect(await names(`/scans/${scan}/evaluations?result=fail`)).toEqual(["Bad", "Bad"]);
    expect(await names(`/scans/${scan}/evaluations?policyId=${bad.id}&result=pass`)).toEqual([]);
    expect(await names(`/policies/${bad.id}/evaluations`)).toEqual(["Bad", "Bad"]);
    expect(await names(`/policies/${bad.id}/evaluations?result=pass`)).toEqual([]);
    const violations = (await getList(org, `/scans/${scan}/violations`)).body.data;
    expect(violations).toMatchObject([{ policyName: "Bad", result: "fail", condition: { kind: "max_open" } }]);
    const [row] = await rowsOf("evaluations", org.id);
    const many = Array.from({ length: 400 }, (_, n) => ({
      ...row,
      id: newId(),
      policy_id: bad.id,
      scan_id: newId(),
      result: n % 40 === 0 ? "pass" : "fail",
    }));
    await insertRows("evaluations", many);
    await getList(org, `/policies/${bad.id}/evaluations?limit=10`);
    expect((await costOf(org, `/policies/${bad.id}/evaluations?limit=10`)).rowsRead).toBeLessThan(30);
    expect((await costOf(org, `/policies/${bad.id}/evaluations?limit=5&result=pass`)).rowsRead).toBeLessThan(15);
  });
});
