import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { newId } from "#lib/id";
import { api } from "../../support/api.ts";
import type { TestOrg } from "../../support/org.ts";
import { derive, keptAndDerived } from "./derived.ts";
import {
  accountRow,
  costOf,
  findingRow,
  insertRows,
  makeWorld,
  quietOrg,
  resourceRow,
  rowsOf,
  type Row,
} from "./world.ts";

type Body = {
  data: Record<string, unknown>;
  code: string;
  detail: string;
  currentVersion: number;
  errors: { pointer: string }[];
};

const later = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

async function withFinding(more: Row = {}) {
  const org = await quietOrg();
  const account = accountRow(org.id, "111111111111");
  await insertRows("accounts", [account]);
  const row = await findingRow(org.id, account, 4, { status: "open", savings_monthly: 12, risk_log: 0.4, ...more });
  await insertRows("findings", [row]);
  await insertRows("resources", [await resourceRow(org.id, account, 4, { id: row["resource_id"] ?? "" })]);
  await derive(org.id);
  const patch = (body: unknown, headers?: Record<string, string>) =>
    api(org.keys.analyst).patch<Body>(`/findings/${row.id}`, body, headers);
  return { org, account, row, patch };
}

async function suppress(org: TestOrg, condition: object): Promise<string> {
  const id = newId();
  const now = new Date().toISOString();
  await insertRows("suppressions", [
    {
      org_id: org.id,
      id,
      name: id,
      condition: JSON.stringify(condition),
      reason: "Ours.",
      version: 1,
      created_at: now,
      updated_at: now,
    },
  ]);
  return id;
}

describe("PATCH /findings/{id}", () => {
  it("200: snoozes, ignores and reopens; counters, recommendations and resources follow; every change is audited", async ({
    expect,
  }) => {
    const { org, row, patch } = await withFinding();
    const until = later(3);
    const snoozed = await patch({ status: "snoozed", snoozedUntil: until });
    expect([snoozed.status, snoozed.headers.get("etag")]).toEqual([200, '"2"']);
    expect(snoozed.body.data).toMatchObject({
      status: "snoozed",
      snoozedUntil: until,
      version: 2,
      decidedBy: org.keyIds.analyst,
      decidedAt: expect.any(String),
    });
    const check = async () => {
      const { kept, derived } = await keptAndDerived(org.id);
      expect(kept).toEqual(derived);
    };
    await check();
    const ignored = await patch({ status: "ignored", ignoreReason: "On purpose." });
    expect(ignored.body.data).toMatchObject({
      status: "ignored",
      snoozedUntil: null,
      ignoreReason: "On purpose.",
      ignoredUntil: null,
    });
    await check();
    expect((await patch({ status: "open" })).body.data).toMatchObject({
      status: "open",
      ignoreReason: null,
      exempt: false,
    });
    await check();
    const audit = (await rowsOf("audit_log", org.id)).filter((entry) => entry["action"] === "finding.update");
    expect(audit).toHaveLength(3);
    expect(audit.every((entry) => entry["target_id"] === row.id)).toBe(true);
    expect((await rowsOf("recommendations", org.id)).every(({ priority }) => priority !== null)).toBe(true);
  });

  it("200: merges note, assignee, due date and ticket, and null removes them", async ({ expect }) => {
    const { patch } = await withFinding();
    const dueAt = later(9);
    await patch({ note: " Look at it. ", assignee: "ana@example.com", dueAt, ticket: { key: "OPS-1" } });
    const { body } = await patch({ ticket: { url: "https://tickets.example.com/OPS-1" }, dueAt: null });
    expect(body.data).toMatchObject({
      note: "Look at it.",
      assignee: "ana@example.com",
      dueAt: null,
      ticket: { key: "OPS-1", url: "https://tickets.example.com/OPS-1" },
      decidedBy: null,
      status: "open",
      version: 3,
    });
    expect((await patch({ ticket: null, note: null })).body.data).toMatchObject({ ticket: null, note: null });
  });

  it("200: changes nothing, and writes nothing, where it is so already", async ({ expect }) => {
    const { org, patch } = await withFinding();
    expect((await patch({ status: "open", note: null })).body.data).toMatchObject({ version: 1 });
    expect(await rowsOf("audit_log", org.id)).toEqual([]);
  });

  it("200: one that was suppressed is opened for good", async ({ expect }) => {
    const { org, row, patch } = await withFinding({ status: "ignored", ignore_reason: "Ours." });
    const id = await suppress(org, { type: [row["type"]] });
    await env.DB.prepare("UPDATE findings SET suppression_id = ?2 WHERE org_id = ?1").bind(org.id, id).run();
    expect((await patch({ status: "open" })).body.data).toMatchObject({
      status: "open",
      suppressionId: null,
      exempt: true,
    });
  });

  it("200: what a person takes over from a suppression is theirs", async ({ expect }) => {
    const { org, row, patch } = await withFinding({ status: "ignored", ignore_reason: "Ours." });
    const id = await suppress(org, { type: [row["type"]] });
    await env.DB.prepare("UPDATE findings SET suppression_id = ?2 WHERE org_id = ?1").bind(org.id, id).run();
    const { body } = await patch({ status: "ignored", ignoreReason: "Mine." });
    expect(body.data).toMatchObject({ status: "ignored", suppressionId: null, ignoreReason: "Mine.", exempt: false });
  });

  it("400: says what a decision lacks", async ({ expect }) => {
    const { patch } = await withFinding();
    const cases: [object, string][] = [
      [{ status: "snoozed" }, "/snoozedUntil"],
      [{ status: "snoozed", snoozedUntil: "2020-01-01T00:00:00Z" }, "/snoozedUntil"],
      [{ status: "ignored" }, "/ignoreReason"],
      [{ status: "ignored", ignoreReason: "x", ignoredUntil: "2020-01-01T00:00:00Z" }, "/ignoredUntil"],
      [{ status: "open", ignoreReason: "x" }, "/ignoreReason"],
      [{ ignoreReason: "x" }, "/ignoreReason"],
      [{ status: "resolved" }, "/status"],
      [{ ticket: { url: "https://x.example.com" } }, "/ticket/key"],
      [{ ticket: { key: "A-1", url: "javascript:alert(1)" } }, "/ticket/url"],
      [{ suppressionId: newId() }, "/suppressionId"],
      [{}, ""],
    ];
    for (const [body, pointer] of cases) {
      const answer = await patch(body);
      expect([answer.status, answer.body.errors[0]?.pointer], JSON.stringify(body)).toEqual([400, pointer]);
    }
  });

  it("412: refuses a version that is no longer the present one, and says which is", async ({ expect }) => {
    const { patch } = await withFinding();
    expect((await patch({ note: "a" }, { "If-Match": '"1"' })).status).toBe(200);
    const stale = await patch({ note: "b" }, { "If-Match": '"1"' });
    expect([stale.status, stale.body.code, stale.body.currentVersion]).toEqual([412, "PRECONDITION_FAILED", 2]);
  });

  it("422: a resolved one is neither snoozed, ignored nor opened, and takes notes all the same", async ({ expect }) => {
    const { patch } = await withFinding({ status: "resolved" });
    for (const body of [
      { status: "open" },
      { status: "snoozed", snoozedUntil: later(1) },
      { status: "ignored", ignoreReason: "x" },
    ]) {
      const answer = await patch(body);
      expect([answer.status, answer.body.code]).toEqual([422, "INVALID_TRANSITION"]);
    }
    expect((await patch({ note: "Done by Ana." })).body.data).toMatchObject({
      note: "Done by Ana.",
      status: "resolved",
    });
  });

  it("200: of many at once each is whole, and none is lost", async ({ expect }) => {
    const { org, row, patch } = await withFinding();
    const answers = await Promise.all([
      patch({ note: "n" }),
      patch({ assignee: "a" }),
      patch({ status: "ignored", ignoreReason: "r" }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const [now] = await rowsOf("findings", org.id);
    expect(now).toMatchObject({ id: row.id, note: "n", assignee: "a", status: "ignored", version: 4 });
  });
});

interface Many {
  readonly data: {
    matched: number;
    changed: number;
    skipped: { reason: string; count: number; ids: string[] }[];
    more: boolean;
    nextCursor: string | null;
  };
}

describe("POST /findings/bulk", () => {
  it("200: by ids, says which it skipped and why; one audit row; all that follows is kept", async ({ expect }) => {
    const { org, findings } = await makeWorld(60, 60);
    await derive(org.id);
    const foreign = newId();
    const ids = [...findings.slice(0, 40).map(({ id }) => id), foreign];
    const resolved = findings.slice(0, 40).filter(({ status }) => status === "resolved");
    const { status, body } = await api(org.keys.analyst).post<Many>("/findings/bulk", {
      ids,
      changes: { status: "ignored", ignoreReason: "Old stock.", assignee: "ana" },
    });
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ matched: 40, changed: 40 - resolved.length, more: false, nextCursor: null });
    const skipped = Object.fromEntries(body.data.skipped.map(({ reason, ids: own }) => [reason, own.toSorted()]));
    expect(skipped).toEqual({ not_found: [foreign], resolved: resolved.map(({ id }) => id).toSorted() });
    const { kept, derived } = await keptAndDerived(org.id);
    expect(kept).toEqual(derived);
    const audit = (await rowsOf("audit_log", org.id)).filter((entry) => entry["action"] === "finding.update_many");
    expect(audit).toHaveLength(1);
    const again = await api(org.keys.analyst).post<Many>("/findings/bulk", { ids, changes: { assignee: "ana" } });
    expect(again.body.data.skipped.find(({ reason }) => reason === "unchanged")?.count).toBe(40 - resolved.length);
  });

  it("200: by filter looks at 1,000 in a call and goes on where it left off, in few round trips", async ({
    expect,
  }) => {
    const { org, findings } = await makeWorld(2_600, 0);
    await derive(org.id);
    const matching = findings.filter((row) => row["status"] === "open" && row["category"] === "security");
    const call = (more: object) =>
      api(org.keys.admin).post<Many>("/findings/bulk", {
        filter: { category: "security" },
        changes: { note: "Seen." },
        ...more,
      });
    let answer = await call({});
    let [matched, changed] = [answer.body.data.matched, answer.body.data.changed];
    expect(matched).toBe(Math.min(1_000, matching.length));
    const [, , roundTrips] =
      /rows_read=(\d+) rows_written=\d+ round_trips=(\d+)/.exec(answer.headers.get("server-timing") ?? "") ?? [];
    expect(Number(roundTrips)).toBeLessThanOrEqual(4);
    while (answer.body.data.more) {
      answer = await call({ cursor: answer.body.data.nextCursor });
      matched += answer.body.data.matched;
      changed += answer.body.data.changed;
    }
    expect([matched, changed]).toEqual([matching.length, matching.length]);
  });

  it("200: repeats its answer under the same Idempotency-Key", async ({ expect }) => {
    const { org, row } = await withFinding();
    const body = { ids: [row.id], changes: { status: "snoozed", snoozedUntil: later(2) } };
    const post = () => api(org.keys.analyst).post<Many>("/findings/bulk", body, { "Idempotency-Key": "once" });
    const [first, second] = [await post(), await post()];
    expect(first.body.data.changed).toBe(1);
    expect(second.body).toEqual(first.body);
    expect(await rowsOf("findings", org.id)).toMatchObject([{ version: 2 }]);
  });

  it("400: names ids or a filter, and a decision that is whole", async ({ expect }) => {
    const { org, row } = await withFinding();
    const post = (body: unknown) => api(org.keys.analyst).post<Body>("/findings/bulk", body);
    for (const body of [
      { changes: { note: "x" } },
      { ids: [row.id], filter: {}, changes: { note: "x" } },
      { ids: [row.id], cursor: "x", changes: { note: "x" } },
      { ids: [row.id], changes: { status: "ignored" } },
      { filter: { type: "nonsense" }, changes: { note: "x" } },
      { filter: {}, cursor: "nonsense", changes: { note: "x" } },
    ]) {
      expect((await post(body)).status, JSON.stringify(body)).toBe(400);
    }
  });
});

describe("GET /findings by what people decided", () => {
  it("reads about what it answers by assignee and by suppression, and knows controls, due dates and savings", async ({
    expect,
  }) => {
    const { org, findings } = await makeWorld(4_000, 0);
    const open = findings.filter(({ status }) => status === "open");
    const mine = open.filter((_, n) => n % 7 === 0).map(({ id }) => id);
    const suppression = newId();
    const held = findings.filter((row) => row["status"] === "ignored").map(({ id }) => id);
    const set = (ids: readonly string[], sql: string, ...values: string[]) =>
      env.DB.prepare(`UPDATE findings SET ${sql} WHERE org_id = ?1 AND id IN (SELECT value FROM json_each(?2))`)
        .bind(org.id, JSON.stringify(ids), ...values)
        .run();
    await set(mine, "assignee = 'ana', due_at = ?3, exposure = 'internet'", later(1));
    await set(held, "suppression_id = ?3", suppression);
    await costOf(org, "/findings?limit=1");
    for (const [query, count] of [
      ["assignee=ana", mine.length],
      [`suppressionId=${suppression}`, held.length],
      [`suppressionId=${suppression}&status=open`, 0],
      [`dueBefore=${later(2)}`, mine.length],
      ["exposure=internet", mine.length],
      ["environment=staging", 0],
      ["minSavings=40", open.filter((row) => Number(row["savings_monthly"] ?? 0) >= 40).length],
      ["control=gdpr:article_32", null],
    ] as const) {
      const { body } = await api(org.keys.viewer).get<{ pagination: { total: number } }>(
        `/findings?limit=20&count=true&${query}`,
      );
      if (count !== null) expect(body.pagination.total, query).toBe(count);
    }
    for (const query of ["assignee=ana", `suppressionId=${suppression}`]) {
      expect((await costOf(org, `/findings?limit=20&${query}`)).rowsRead, query).toBeLessThanOrEqual(20 + 12);
    }
    const unknown = await api(org.keys.viewer).get<Body>("/findings?control=gdpr:article_99");
    expect([unknown.status, unknown.body.detail]).toEqual([400, expect.stringContaining("gdpr:article_32")]);
  });

  it("stats tell what the open ones would save", async ({ expect }) => {
    const { org, patch } = await withFinding();
    const savings = async () =>
      (await api(org.keys.viewer).get<Body>("/findings/stats")).body.data["estimatedMonthlySavings"];
    expect(await savings()).toBe(12);
    await patch({ status: "ignored", ignoreReason: "x" });
    expect(await savings()).toBe(0);
  });
});
