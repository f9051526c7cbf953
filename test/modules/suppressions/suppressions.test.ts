import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { api } from "../../support/api.ts";
import type { TestOrg } from "../../support/org.ts";
import worker from "../../../src/worker.ts";
import { derive, keptAndDerived } from "../findings/derived.ts";
import { costOf, getList, makeWorld, rowsOf, type Row, type World } from "../findings/world.ts";

interface Suppression {
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly sweeping: boolean;
  readonly condition: unknown;
  readonly expiresAt: string | null;
}
type Body = { data: Suppression; code: string; currentVersion: number };

const later = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

async function world(count = 80): Promise<World> {
  const made = await makeWorld(count, 97);
  await derive(made.org.id);
  return made;
}

const volumes = { name: "Volumes", condition: { type: ["orphaned_volume"] }, reason: "We know.", owner: "ana" };

const create = async (org: TestOrg, more: object = {}): Promise<Suppression> =>
  (await api(org.keys.editor).post<Body>("/suppressions", { ...volumes, ...more })).body.data;

const held = async (org: TestOrg, id: string): Promise<string[]> =>
  (await rowsOf("findings", org.id))
    .filter((row) => row["suppression_id"] === id)
    .map((row) => String(row["id"]))
    .toSorted();

const idsOf = (rows: readonly Row[]): string[] => rows.map((row) => String(row["id"])).toSorted();

async function tick(at = new Date()): Promise<void> {
  const ctx = createExecutionContext();
  await worker.scheduled(createScheduledController({ cron: "* * * * *", scheduledTime: at }), env, ctx);
  await waitOnExecutionContext(ctx);
}

async function listen(org: TestOrg): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO webhooks (org_id, id, url, events, secret, status, version, created_at, updated_at)
     VALUES (?1, ?2, 'https://hooks.example.com/x', '["finding.*"]', 'sealed', 'disabled', 1, '', '')`,
  )
    .bind(org.id, crypto.randomUUID())
    .run();
  await env.DB.prepare(
    "UPDATE webhooks SET status = 'enabled', busy_until = '2999-01-01T00:00:00.000Z' WHERE org_id = ?1",
  )
    .bind(org.id)
    .run();
}

describe("a suppression", () => {
  it("201: takes the open findings that match, and nothing people decided about", async ({ expect }) => {
    const { org, findings } = await world();
    const { id, sweeping, status } = await create(org);
    expect([sweeping, status]).toEqual([false, "active"]);
    const matching = findings.filter((row) => row["type"] === "orphaned_volume" && row["status"] === "open");
    expect(await held(org, id)).toEqual(idsOf(matching));
    const { kept, derived } = await keptAndDerived(org.id);
    expect(kept).toEqual(derived);
    const { body } = await getList(org, `/findings?suppressionId=${id}&limit=1`);
    expect(body.data[0]).toMatchObject({
      status: "ignored",
      ignoreReason: "We know.",
      suppressionId: id,
      ignoredUntil: null,
    });
    const others = (await rowsOf("findings", org.id)).filter((row) => row["suppression_id"] === null);
    const before = new Map(findings.map((row) => [row.id, row["status"]]));
    expect(others.every((row) => row["status"] === before.get(String(row["id"])))).toBe(true);
  });

  it("200: changed, it gives back what no longer matches and takes what now does, and is told so in few events", async ({
    expect,
  }) => {
    const { org, findings } = await world();
    const { id } = await create(org);
    await listen(org);
    const open = findings.filter((row) => row["status"] === "open");
    const { status, body } = await api(org.keys.editor).patch<Body>(`/suppressions/${id}`, {
      condition: { type: ["rds_single_az"], region: ["eu-west-1", "us-east-1"] },
      reason: "Two regions.",
    });
    expect([status, body.data.version]).toEqual([200, 2]);
    const matching = open.filter(
      (row) => row["type"] === "rds_single_az" && ["eu-west-1", "us-east-1"].includes(String(row["region"])),
    );
    expect(await held(org, id)).toEqual(idsOf(matching));
    const { kept, derived } = await keptAndDerived(org.id);
    expect(kept).toEqual(derived);
    const released = open.filter((row) => row["type"] === "orphaned_volume");
    const told = (await rowsOf("events", org.id)).map(
      (row) => JSON.parse(String(row["data"])) as { findings: Row[]; scanId: null },
    );
    expect(idsOf(told.flatMap((event) => event.findings))).toEqual(idsOf(released));
    // By account, and the critical ones under a name of their own.
    expect(told.length).toBeLessThanOrEqual(4);
  });

  it("200: by tags and by name with `*`; PATCH replaces the condition, PUT all of it", async ({ expect }) => {
    const { org, findings, resources } = await world();
    const { id } = await create(org, { condition: { tags: { env: "prod", n: "2" } } });
    const tagged = new Set(resources.filter((row) => String(row["tags"]).includes('"n":"2"')).map((row) => row.id));
    const open = findings.filter((row) => row["status"] === "open");
    expect(await held(org, id)).toEqual(idsOf(open.filter((row) => tagged.has(String(row["resource_id"])))));
    const { body } = await api(org.keys.editor).patch<Body>(`/suppressions/${id}`, {
      condition: { name: "*ing 1*" },
    });
    expect(body.data.condition).toEqual({ name: "*ing 1*" });
    expect(await held(org, id)).toEqual(idsOf(open.filter((row) => String(row["resource_name"]).includes("ing 1"))));
    const put = await api(org.keys.editor).put<Body>(`/suppressions/${id}`, {
      ...volumes,
      condition: { tags: { env: null } },
    });
    expect(put.body.data).toMatchObject({ condition: { tags: { env: null } }, version: 3, expiresAt: null });
    const { condition } = put.body.data;
    const sentBack = await api(org.keys.editor).patch<Body>(`/suppressions/${id}`, { condition });
    expect(sentBack.body.data).toMatchObject({ condition: { tags: { env: null } }, version: 3 });
  });

  it("204: deleted, it gives everything back, to the next that matches first", async ({ expect }) => {
    const { org, findings } = await world();
    const first = await create(org);
    const second = await create(org, { name: "Ireland", condition: { region: ["eu-west-1"] } });
    const open = findings.filter((row) => row["status"] === "open");
    const ofType = open.filter((row) => row["type"] === "orphaned_volume");
    expect(await held(org, first.id)).toEqual(idsOf(ofType));
    expect((await api(org.keys.editor).delete(`/suppressions/${first.id}`)).status).toBe(204);
    expect(await held(org, second.id)).toEqual(idsOf(open.filter((row) => row["region"] === "eu-west-1")));
    const rest = (await rowsOf("findings", org.id)).filter(
      (row) => row["type"] === "orphaned_volume" && row["status"] === "open",
    );
    expect(idsOf(rest)).toEqual(idsOf(ofType.filter((row) => row["region"] !== "eu-west-1")));
    expect((await api(org.keys.editor).get(`/suppressions/${first.id}`)).status).toBe(404);
    expect(await rowsOf("suppressions", org.id)).toHaveLength(1);
    const { kept, derived } = await keptAndDerived(org.id);
    expect(kept).toEqual(derived);
  });

  it("lapses by itself, and comes back with a later end", async ({ expect }) => {
    const { org } = await world();
    const expiresAt = later(1);
    const { id } = await create(org, { expiresAt });
    const before = await held(org, id);
    expect(before.length).toBeGreaterThan(0);
    await tick(new Date(Date.parse(expiresAt) + 1_000));
    expect(await held(org, id)).toEqual([]);
    expect((await api(org.keys.viewer).get<Body>(`/suppressions/${id}`)).body.data).toMatchObject({
      status: "expired",
      sweeping: false,
    });
    const again = await api(org.keys.editor).patch<Body>(`/suppressions/${id}`, { expiresAt: later(2) });
    expect(again.body.data.status).toBe("active");
    expect(await held(org, id)).toEqual(before);
  });

  it("goes on by the cron job where there are too many for an answer", async ({ expect }) => {
    const { org, findings } = await world(7_000);
    const { id, sweeping } = await create(org);
    const matching = findings.filter((row) => row["type"] === "orphaned_volume" && row["status"] === "open");
    expect(sweeping).toBe(true);
    expect((await held(org, id)).length).toBeLessThan(matching.length);
    await tick();
    await tick();
    expect(await held(org, id)).toEqual(idsOf(matching));
    expect((await api(org.keys.viewer).get<Body>(`/suppressions/${id}`)).body.data.sweeping).toBe(false);
  });

  it("409: no more than 200; 412: not by a version that is past; 400: what no condition is", async ({ expect }) => {
    const { org } = await world(1);
    const { id } = await create(org);
    const editor = api(org.keys.editor);
    await editor.patch(`/suppressions/${id}`, { reason: "b" }, { "If-Match": '"1"' });
    for (const answer of [
      await editor.patch<Body>(`/suppressions/${id}`, { reason: "c" }, { "If-Match": '"1"' }),
      await editor.put<Body>(`/suppressions/${id}`, volumes, { "If-Match": '"1"' }),
      await editor.delete<Body>(`/suppressions/${id}`, { "If-Match": '"1"' }),
    ]) {
      expect([answer.status, answer.body.currentVersion]).toEqual([412, 2]);
    }
    for (const more of [
      { condition: {} },
      { condition: { type: ["nonsense"] } },
      { condition: { region: [] } },
      { condition: { tags: {} } },
      { condition: { severity: ["low"] } },
      { expiresAt: "2020-01-01T00:00:00Z" },
      { reason: " " },
    ]) {
      expect((await editor.post("/suppressions", { ...volumes, ...more })).status, JSON.stringify(more)).toBe(400);
      expect((await editor.patch(`/suppressions/${id}`, "condition" in more ? { condition: null } : more)).status).toBe(
        400,
      );
    }
    await env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 199)
       INSERT INTO suppressions (org_id, id, name, condition, reason, version, created_at, updated_at)
       SELECT ?1, 'f' || i, 'x', '{"name":"nothing"}', 'x', 1, '', '' FROM n`,
    )
      .bind(org.id)
      .run();
    expect((await editor.post<Body>("/suppressions", volumes)).body.code).toBe("CONFLICT");
  });

  it("200: a preview tells what it would take, and changes nothing", async ({ expect }) => {
    const { org, findings } = await world();
    const matching = findings.filter((row) => row["type"] === "orphaned_volume" && row["status"] === "open");
    const { status, body } = await api(org.keys.viewer).post<{ data: Record<string, unknown> & { findings: Row[] } }>(
      "/suppressions/preview",
      { condition: volumes.condition },
    );
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      matched: matching.length,
      exact: true,
      byType: { orphaned_volume: matching.length },
    });
    expect(body.data.findings).toHaveLength(Math.min(20, matching.length));
    const accounts = Object.values(body.data["byAccount"] as Record<string, number>);
    expect(accounts.reduce((sum, count) => sum + count, 0)).toBe(matching.length);
    expect((await rowsOf("findings", org.id)).every((row) => row["suppression_id"] === null)).toBe(true);
  });

  it("200: the list reads what it answers", async ({ expect }) => {
    const { org } = await world(1);
    await create(org);
    await create(org, { name: "Other" });
    await costOf(org, "/suppressions?limit=1");
    expect((await costOf(org, "/suppressions")).rowsRead).toBeLessThanOrEqual(4);
    const { body } = await getList(org, "/suppressions?q=oth");
    expect(body.data).toMatchObject([{ name: "Other" }]);
  });
});

describe("what people put off", () => {
  it("opens by itself when its time has come, is told so, and stays where a suppression matches", async ({
    expect,
  }) => {
    const { org, findings } = await world();
    await listen(org);
    const open = findings.filter((row) => row["status"] === "open");
    const [a, b, c] = open.filter((row) => row["type"] !== "orphaned_volume");
    const d = open.find((row) => row["type"] === "orphaned_volume");
    if (!a || !b || !c || !d) throw new Error("Too few findings");
    const patch = (id: string, body: object) => api(org.keys.analyst).patch(`/findings/${id}`, body);
    await patch(a.id, { status: "snoozed", snoozedUntil: later(1) });
    await patch(b.id, { status: "ignored", ignoreReason: "x", ignoredUntil: later(1) });
    await patch(c.id, { status: "ignored", ignoreReason: "x" });
    await patch(d.id, { status: "snoozed", snoozedUntil: later(1) });
    const { id } = await create(org);
    const statuses = async () => {
      const rows = new Map((await rowsOf("findings", org.id)).map((row) => [row["id"], row]));
      return [a, b, c, d].map((row) => rows.get(row.id)?.["status"]);
    };
    await tick(new Date(Date.now() + 3_600_000));
    expect(await statuses()).toEqual(["snoozed", "ignored", "ignored", "snoozed"]);
    const at = new Date(Date.parse(later(1)) + 60_000);
    await Promise.all([tick(at), tick(at)]);
    expect(await statuses()).toEqual(["open", "open", "ignored", "ignored"]);
    expect(await held(org, id)).toContain(d.id);
    const told = (await rowsOf("events", org.id)).flatMap(
      (row) => (JSON.parse(String(row["data"])) as { findings: { id: string }[] }).findings,
    );
    expect(told.map((one) => one.id).toSorted()).toEqual([a.id, b.id].toSorted());
    const { kept, derived } = await keptAndDerived(org.id);
    expect(kept).toEqual(derived);
    expect((await rowsOf("findings", org.id)).find((row) => row["id"] === a.id)).toMatchObject({
      snoozed_until: null,
      reopened_count: 0,
      decided_by: org.keyIds.analyst,
    });
  });
});
