import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { newId } from "#lib/id";
import { anAlert } from "../alerts/samples.ts";
import { accountRow, at, findingRow, insertRows, quietOrg, recount, type Row } from "../findings/world.ts";
import { api } from "../../support/api.ts";
import type { TestOrg } from "../../support/org.ts";
import { aRule, ruleBody } from "./samples.ts";

interface One {
  readonly data: Record<string, unknown> & { id: string; version: number };
  readonly errors?: readonly { pointer: string; message: string }[];
}

async function aChannel(org: TestOrg, more: Row = {}): Promise<string> {
  const id = newId();
  const row = {
    org_id: org.id,
    id,
    kind: "webhook",
    url: "https://example.com/hook",
    events: "[]",
    secret: "",
    status: "enabled",
  };
  await insertRows("webhooks", [{ ...row, version: 1, created_at: at(0), updated_at: at(0), ...more }]);
  return id;
}

const count = async (table: string, orgId: string): Promise<number> =>
  (await env.DB.prepare(`SELECT count(*) AS n FROM ${table} WHERE org_id = ?1`).bind(orgId).first<number>("n")) ?? 0;

describe("POST /alert-rules", () => {
  it("201: fills in what is left out, and starts the clock", async ({ expect }) => {
    const org = await quietOrg();
    const made = await api(org.keys.admin).post<One>("/alert-rules", ruleBody);
    expect(made.status).toBe(201);
    expect(made.headers.get("location")).toBe(`/api/v1/alert-rules/${made.body.data.id}`);
    expect(made.body.data).toMatchObject({
      ...{
        enabled: true,
        severity: null,
        channels: [],
        route: null,
        windowMinutes: 60,
        quietHours: null,
        notifyResolved: true,
      },
      condition: { kind: "findings", filter: { severity: ["critical"] }, newOnly: true, atLeast: 1 },
      lastEvaluation: null,
      version: 1,
    });
    expect(await count("alert_clocks", org.id)).toBe(1);
    expect(await count("audit_log", org.id)).toBe(1);
  });

  it("201: accounts by their digits, services by their other names, channels of both kinds", async ({ expect }) => {
    const org = await quietOrg();
    const account = accountRow(org.id, "111111111111");
    await insertRows("accounts", [account]);
    const [webhook, slack] = [await aChannel(org), await aChannel(org, { kind: "slack" })];
    const made = await api(org.keys.admin).post<One>("/alert-rules", {
      name: "Routed",
      condition: { kind: "findings", filter: { accountId: ["111111111111", account.id], service: ["alb"] } },
      channels: [webhook, slack, webhook],
      route: { by: "account", channels: { "111111111111": [slack] } },
    });
    expect(made.body.data).toMatchObject({
      condition: { filter: { accountId: [account.id], service: ["elbv2"] } },
      channels: [webhook, slack],
      route: { by: "account", channels: { [account.id]: [slack] } },
    });
  });

  it("201: takes ids in capitals for what they are", async ({ expect }) => {
    const org = await quietOrg();
    const account = accountRow(org.id, "111111111111");
    await insertRows("accounts", [account]);
    const [id, slack] = [account.id, await aChannel(org, { kind: "slack" })];
    const { body } = await api(org.keys.admin).post<One>("/alert-rules", {
      name: "Capitals",
      condition: { kind: "findings", filter: { accountId: [id.toUpperCase()] } },
      channels: [slack.toUpperCase()],
      route: { by: "account", channels: { [id.toUpperCase()]: [slack.toUpperCase()] } },
    });
    expect(body.data).toMatchObject({
      condition: { filter: { accountId: [id] } },
      channels: [slack],
      route: { channels: { [id]: [slack] } },
    });
    const shouted = body.data.id.toUpperCase();
    expect((await api(org.keys.admin).get(`/alerts?ruleId=${shouted}`)).status).toBe(200);
  });

  it("400: names each thing that is not there", async ({ expect }) => {
    const org = await quietOrg();
    const [other] = [await quietOrg()];
    const foreign = await aChannel(other);
    const missing = newId();
    const bodies: readonly [Record<string, unknown>, string, RegExp][] = [
      [
        { condition: { kind: "findings", filter: { type: ["nothing_like_it"] } } },
        "/condition/filter/type",
        /not a check/,
      ],
      [{ condition: { kind: "findings", filter: { type: [`rule:${missing}`] } } }, "/condition/filter/type", /no rule/],
      [
        { condition: { kind: "findings", filter: { accountId: ["999999999999"] } } },
        "/condition/filter/accountId",
        /no account 999999999999/,
      ],
      [{ condition: { kind: "score_below", framework: "nist", score: 5 } }, "/condition/framework", /known: aws_fsbp/],
      [{ condition: { kind: "spend_over", usd: 5, accountId: missing } }, "/condition/accountId", /no account/],
      [{ condition: { kind: "scan_ended", accountId: [missing] } }, "/condition/accountId", /no account/],
      [{ condition: { kind: "policy_failed", policyId: [missing] } }, "/condition/policyId", /no policy/],
      [{ channels: [missing, foreign] }, "/channels", new RegExp(missing)],
      [
        { route: { by: "tag", key: "owner", channels: { red: [foreign] } } },
        "/route/channels/red",
        new RegExp(foreign),
      ],
      [{ route: { by: "account", channels: { [missing]: [foreign] } } }, "/route/channels", new RegExp(missing)],
    ];
    for (const [more, pointer, message] of bodies) {
      const refused = await api(org.keys.admin).post<One>("/alert-rules", { ...ruleBody, ...more });
      expect(refused.status, pointer).toBe(400);
      expect(refused.body.errors?.[0], JSON.stringify(more)).toMatchObject({ pointer });
      expect(refused.body.errors?.[0]?.message).toMatch(message);
    }
    expect(await count("alert_rules", org.id)).toBe(0);
  });

  it("400: what cannot be meant", async ({ expect }) => {
    const org = await quietOrg();
    const quiet = { from: "22:00", to: "07:00", timeZone: "Europe/Berlin" };
    const bodies: readonly Record<string, unknown>[] = [
      { condition: { kind: "findings", filter: { severity: ["terrible"] } } },
      { condition: { kind: "findings", filter: { region: ["nowhere"] } } },
      { condition: { kind: "findings", filter: { tags: {} } } },
      { condition: { kind: "something" } },
      { condition: { kind: "expiring", withinDays: 5, kinds: ["milk"] } },
      { quietHours: { ...quiet, timeZone: "Europe/Nowhere" } },
      { quietHours: { ...quiet, from: "24:00" } },
      { quietHours: { ...quiet, to: "22:00" } },
      { route: { by: "tag", channels: {} } },
      { route: { by: "account", key: "owner", channels: {} } },
      { windowMinutes: -1 },
      { unknown: true },
    ];
    for (const more of bodies)
      expect(
        (await api(org.keys.admin).post("/alert-rules", { ...ruleBody, ...more })).status,
        JSON.stringify(more),
      ).toBe(400);
  });

  it("409: the name is taken; the fifty-first", async ({ expect }) => {
    const org = await quietOrg();
    await aRule(org);
    expect((await api(org.keys.admin).post("/alert-rules", ruleBody)).status).toBe(409);
    const [row] = (await env.DB.prepare("SELECT * FROM alert_rules WHERE org_id = ?1").bind(org.id).all<Row>()).results;
    await insertRows(
      "alert_rules",
      Array.from({ length: 49 }, (_, n) => ({ ...row, id: newId(), name: `Rule ${n}` })),
    );
    expect((await api(org.keys.admin).post("/alert-rules", { ...ruleBody, name: "One more" })).status).toBe(409);
  });

  it("201: the same Idempotency-Key makes one", async ({ expect }) => {
    const org = await quietOrg();
    const headers = { "Idempotency-Key": newId() };
    const both = [
      await api(org.keys.admin).post<One>("/alert-rules", ruleBody, headers),
      await api(org.keys.admin).post<One>("/alert-rules", ruleBody, headers),
    ];
    expect(new Set(both.map(({ body }) => body.data.id)).size).toBe(1);
  });
});

describe("PUT, PATCH and DELETE /alert-rules/{id}", () => {
  it("200: a patch merges, null restores a default; a replacement replaces", async ({ expect }) => {
    const org = await quietOrg();
    const { id } = await aRule(org, { description: "Old", windowMinutes: 5 });
    const patched = await api(org.keys.admin).patch<One>(`/alert-rules/${id}`, {
      quietHours: { from: "22:00", to: "07:00", timeZone: "UTC" },
      windowMinutes: null,
    });
    expect(patched.status).toBe(200);
    expect(patched.body.data).toMatchObject({
      description: "Old",
      windowMinutes: 60,
      condition: { atLeast: 1, filter: { severity: ["critical"] } },
      quietHours: { from: "22:00", exceptCritical: true },
      version: 2,
    });
    expect(patched.headers.get("etag")).toBe('"2"');
    const replaced = await api(org.keys.admin).put<One>(`/alert-rules/${id}`, ruleBody);
    expect(replaced.body.data).toMatchObject({ description: "", condition: { atLeast: 1 }, version: 3 });
  });

  it("200: what GET answered can be sent back, and changes nothing; another condition takes its place", async ({
    expect,
  }) => {
    const org = await quietOrg();
    const tags = { owner: "a", env: null };
    const { id } = await aRule(org, { condition: { kind: "findings", filter: { tags } } });
    const [admin, path] = [api(org.keys.admin), `/alert-rules/${id}`];
    const { condition } = (await admin.get<One>(path)).body.data;
    expect(condition).toMatchObject({ filter: { tags } });
    const same = await admin.patch<One>(path, { condition, route: null });
    expect(same.body.data).toMatchObject({ condition, version: 1 });
    expect(await count("audit_log", org.id)).toBe(1);
    const expiring = { kind: "expiring", withinDays: 30 };
    const other = await admin.patch<One>(path, { condition: expiring });
    expect([other.status, other.body.data["condition"]]).toEqual([200, { ...expiring, kinds: null }]);
    const anyEnvironment = { kind: "findings", filter: { tags: { env: null } } };
    const back = await admin.patch<One>(path, { condition: anyEnvironment });
    expect(back.body.data).toMatchObject({ condition: anyEnvironment, version: 3 });
  });

  it("400: where a route names what is not there, its pointer is escaped", async ({ expect }) => {
    const org = await quietOrg();
    const { id } = await aRule(org);
    const route = { by: "tag", key: "owner", channels: { "a/b~c": [newId()] } };
    const { body } = await api(org.keys.admin).patch<One>(`/alert-rules/${id}`, { route });
    expect(body.errors?.[0]?.pointer).toBe("/route/channels/a~1b~0c");
  });

  it("200: those that are switched off are listed alone", async ({ expect }) => {
    const org = await quietOrg();
    const off = await aRule(org, { enabled: false });
    await aRule(org, { name: "On" });
    const { body } = await api(org.keys.viewer).get<{ data: { id: string }[] }>("/alert-rules?enabled=false");
    expect(body.data.map(({ id }) => id)).toEqual([off.id]);
  });

  it("200: what it names may be gone meanwhile; 400: something else that is not there", async ({ expect }) => {
    const org = await quietOrg();
    const channel = await aChannel(org);
    const { id } = await aRule(org, { channels: [channel] });
    await env.DB.prepare("DELETE FROM webhooks WHERE org_id = ?1").bind(org.id).run();
    const admin = api(org.keys.admin);
    expect((await admin.patch(`/alert-rules/${id}`, { enabled: false })).status).toBe(200);
    expect((await admin.patch(`/alert-rules/${id}`, { channels: [channel, newId()] })).status).toBe(400);
  });

  it("412: somebody was faster; 409: the name is another's; 404: it is not there", async ({ expect }) => {
    const org = await quietOrg();
    const { id } = await aRule(org);
    await aRule(org, { name: "Other" });
    const admin = api(org.keys.admin);
    expect((await admin.patch(`/alert-rules/${id}`, { enabled: false }, { "If-Match": '"7"' })).status).toBe(412);
    expect((await admin.delete(`/alert-rules/${id}`, { "If-Match": '"7"' })).status).toBe(412);
    expect((await admin.patch(`/alert-rules/${id}`, { name: "Other" })).status).toBe(409);
    expect((await admin.patch(`/alert-rules/${newId()}`, { name: "X" })).status).toBe(404);
    expect((await api((await quietOrg()).keys.admin).patch(`/alert-rules/${id}`, { name: "X" })).status).toBe(404);
    expect((await admin.patch(`/alert-rules/${id}`, { condition: { kind: "expiring" } })).status).toBe(400);
  });

  it("of twenty racers with one version, one wins", async ({ expect }) => {
    const org = await quietOrg();
    const { id } = await aRule(org);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        api(org.keys.admin).patch(`/alert-rules/${id}`, { description: `${n}` }, { "If-Match": '"1"' }),
      ),
    );
    expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1);
    expect(answers.map(({ status }) => status).filter((status) => status === 412)).toHaveLength(19);
  });

  const ends: readonly [string, (org: TestOrg, id: string) => Promise<{ status: number }>][] = [
    ["deleting", (org, id) => api(org.keys.admin).delete(`/alert-rules/${id}`)],
    ["switching off", (org, id) => api(org.keys.admin).patch(`/alert-rules/${id}`, { enabled: false })],
    [
      "another condition",
      (org, id) =>
        api(org.keys.admin).patch(`/alert-rules/${id}`, { condition: { ...ruleBody.condition, atLeast: 2 } }),
    ],
  ];
  for (const [what, end] of ends) {
    it(`${what} resolves the alerts of a rule, tells its channels, and drops what it is about`, async ({ expect }) => {
      const org = await quietOrg();
      const channel = await aChannel(org, { kind: "slack" });
      const { id } = await aRule(org, { channels: [channel] });
      const { id: alertId } = await anAlert(org, { rule_id: id, channels: JSON.stringify([channel]) });
      const member = { org_id: org.id, rule_id: id, group_key: "", occasion: "", told: 1, alert_id: alertId };
      await insertRows("alert_members", [{ ...member, subject: newId() }]);
      expect((await end(org, id)).status).toBeLessThan(300);
      expect(await count("alert_members", org.id)).toBe(0);
      const alert = await api(org.keys.viewer).get<One>(`/alerts/${alertId}`);
      expect(alert.body.data).toMatchObject({ status: "resolved", resolvedBy: org.keyIds.admin });
      const told = await env.DB.prepare("SELECT event FROM deliveries WHERE org_id = ?1 AND webhook_id = ?2")
        .bind(org.id, channel)
        .all();
      expect(told.results).toEqual([{ event: "alert.resolved" }]);
    });
  }

  it("a change of anything else leaves its alerts alone", async ({ expect }) => {
    const org = await quietOrg();
    const { id } = await aRule(org);
    const { id: alertId } = await anAlert(org, { rule_id: id });
    const member = { org_id: org.id, rule_id: id, group_key: "", occasion: "", told: 1, alert_id: alertId };
    await insertRows("alert_members", [{ ...member, subject: newId() }]);
    await api(org.keys.admin).patch(`/alert-rules/${id}`, { description: "New", windowMinutes: 5, severity: "low" });
    expect((await api(org.keys.viewer).get<One>(`/alerts/${alertId}`)).body.data).toMatchObject({
      status: "open",
      active: 1,
    });
  });
});

describe("previews", () => {
  interface Previewed {
    readonly data: {
      wouldTell: boolean;
      matching: number;
      newInLastScan: number | null;
      items: unknown[];
      routes: unknown[];
      message: Record<string, unknown> | null;
    };
  }

  async function scannedOrg(): Promise<{ org: TestOrg; account: Row & { id: string } }> {
    const org = await quietOrg();
    const scan = newId();
    const account = accountRow(org.id, "111111111111", { last_scan_id: scan, last_scan_state: "complete" });
    await insertRows("accounts", [account]);
    await insertRows("scans", [
      {
        ...{
          org_id: org.id,
          id: scan,
          run_id: scan,
          kind: "account",
          account_id: account.id,
          aws_account_id: "111111111111",
          seq: 1,
        },
        ...{
          status: "complete",
          active: 0,
          summary: "{}",
          deadline_at: at(9),
          version: 1,
          created_at: at(100),
          updated_at: at(100),
        },
      },
    ]);
    const open = { status: "open", resolved_at: null, severity: "high", severity_rank: 2 };
    await insertRows("findings", [
      await findingRow(org.id, account, 1, { ...open, first_detected_at: at(5) }),
      await findingRow(org.id, account, 2, { ...open, first_detected_at: at(101) }),
      await findingRow(org.id, account, 3, {
        ...open,
        first_detected_at: at(102),
        severity: "critical",
        severity_rank: 3,
      }),
      await findingRow(org.id, account, 4, { ...open, first_detected_at: at(103), status: "ignored" }),
    ]);
    await recount(org.id);
    return { org, account };
  }

  it("200: what would be told after the last scans, and nothing is written", async ({ expect }) => {
    const { org, account } = await scannedOrg();
    const channel = await aChannel(org);
    const before = await count("events", org.id);
    const all = await api(org.keys.analyst).post<Previewed>("/alert-rules/preview", {
      name: "All",
      condition: { kind: "findings" },
      route: { by: "account", channels: { [account.id]: [channel] } },
    });
    expect(all.status).toBe(200);
    expect(all.body.data).toMatchObject({
      ...{ wouldTell: true, matching: 3, newInLastScan: 2 },
      routes: [{ group: account.id, channels: [channel], count: 2 }],
      message: {
        fresh: 2,
        severity: "critical",
        title: "All: 2 findings",
        summary: "2 findings opened or came back: 1 critical, 1 high.",
      },
    });
    const few = await api(org.keys.analyst).post<Previewed>("/alert-rules/preview", {
      name: "Many",
      condition: { kind: "findings", atLeast: 3, filter: { severity: ["high"] } },
    });
    expect(few.body.data).toMatchObject({ wouldTell: false, matching: 2, newInLastScan: 1, message: null });
    expect(few.body.data.items).toHaveLength(2);
    expect(
      await Promise.all(
        ["events", "alerts", "alert_rules", "alert_members", "alert_clocks"].map((table) => count(table, org.id)),
      ),
    ).toEqual([before, 0, 0, 0, 0]);
  });

  it("200: of a rule that is there, of how things are", async ({ expect }) => {
    const { org } = await scannedOrg();
    const { id } = await aRule(org, {
      enabled: false,
      condition: { kind: "scan_ended", states: ["error", "partial"] },
    });
    expect((await api(org.keys.analyst).post<Previewed>(`/alert-rules/${id}/preview`)).body.data).toMatchObject({
      wouldTell: false,
      matching: 0,
      newInLastScan: null,
    });
    await env.DB.prepare("UPDATE accounts SET last_scan_state = 'partial' WHERE org_id = ?1").bind(org.id).run();
    const now = await api(org.keys.analyst).post<Previewed>(`/alert-rules/${id}/preview`);
    expect(now.body.data).toMatchObject({ wouldTell: true, matching: 1, message: { severity: "medium", fresh: 1 } });
  });
});
