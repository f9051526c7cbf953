import { env } from "cloudflare:workers";
import { afterEach, describe, it, vi } from "vitest";
import { listDeliveries } from "#deliveries/log";
import type { Env } from "#env";
import { orgContext } from "#db/context";
import { newMeter } from "#db/database";
import { eventStatements, type EventName } from "#db/outbox";
import { newId } from "#lib/id";
import { ruleThatTells } from "../../support/alerts.ts";
import { api } from "../../support/api.ts";
import { makeOrg, type TestOrg } from "../../support/org.ts";
import { ofWebhooks } from "../../../src/modules/webhooks/get.ts";
import { startReceiver } from "../../support/receiver.ts";
import { consumeWith } from "./world.ts";

afterEach(() => vi.restoreAllMocks());

interface WebhookBody {
  readonly id: string;
  readonly secret?: string;
}
interface One<Body> {
  readonly data: Body;
}
interface Many<Body> {
  readonly data: readonly Body[];
  readonly pagination: { readonly hasMore: boolean; readonly nextCursor: string | null };
}
interface Problem {
  readonly code: string;
  readonly detail?: string;
  readonly currentVersion?: number;
}
interface DeliveryBody {
  readonly id: string;
  readonly event: string;
  readonly status: string;
  readonly attemptCount: number;
  readonly attempts?: readonly unknown[];
}

const url = "https://hooks.example.com/in?token=url-canary-5a1f";
// safe: the bindings of wrangler.toml.
const bindings = env as unknown as Env;

async function made(body: Record<string, unknown> = {}, org?: TestOrg) {
  const owner = org ?? (await makeOrg());
  const admin = api(owner.keys.admin);
  const answer = await admin.post<One<WebhookBody>>("/webhooks", { url, events: ["*"], ...body });
  return { org: owner, admin, answer, webhook: answer.body.data };
}

/** Writes an event, and delivers what it causes through the consumer. */
async function deliverEvent(org: TestOrg, names: readonly EventName[]): Promise<void> {
  const actor = { type: "system", id: "system", name: "test" } as const;
  const context = orgContext({
    env: bindings,
    orgId: org.id,
    shard: 0,
    actor,
    role: "admin",
    now: new Date(),
    waitUntil: () => undefined,
  });
  const eventId = newId();
  await context.db.atomic(eventStatements(context, { id: eventId, names, data: { note: "x" } }));
  const { results } = await bindings.DB.prepare("SELECT id FROM deliveries WHERE org_id = ?1 AND event_id = ?2")
    .bind(org.id, eventId)
    .all<{ id: string }>();
  await consumeWith(
    bindings,
    results.map(({ id }) => ({ orgId: org.id, shard: 0, deliveryId: id })),
  );
}

describe("POST /webhooks", () => {
  it("201: shows a new secret once, with Location and ETag, and writes an audit row without it", async ({ expect }) => {
    const { org, admin, answer, webhook } = await made({
      events: ["finding.*", "finding.*", "scan.completed"],
      description: "Pager",
    });
    expect(answer.status).toBe(201);
    expect(webhook.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(webhook).toMatchObject({
      url,
      events: ["finding.*", "scan.completed"],
      status: "enabled",
      description: "Pager",
    });
    expect(answer.headers.get("location")).toBe(`/api/v1/webhooks/${webhook.id}`);
    expect(answer.headers.get("etag")).toBe('"1"');
    const read = await admin.get<One<WebhookBody>>(`/webhooks/${webhook.id}`);
    expect(read.body.data).not.toHaveProperty("secret");
    const { results } = await bindings.DB.prepare("SELECT action, changes FROM audit_log WHERE org_id = ?1")
      .bind(org.id)
      .all<{ action: string; changes: string }>();
    expect(results.map(({ action }) => action)).toEqual(["webhook.create"]);
    expect(results[0]?.changes).not.toMatch(/whsec_|url-canary/);
    expect(results[0]?.changes).toContain("https://hooks.example.com");
  });

  it("201: takes the caller's own secret, and keeps it sealed", async ({ expect }) => {
    const secret = `whsec_${btoa("k".repeat(32))}`;
    const { org, webhook } = await made({ secret });
    expect(webhook.secret).toBe(secret);
    const row = await bindings.DB.prepare("SELECT secret FROM webhooks WHERE org_id = ?1")
      .bind(org.id)
      .first<{ secret: string }>();
    expect(row?.secret).toMatch(/^1\.[A-Za-z0-9+/=]+$/);
    expect(atob(row?.secret.slice(2) ?? "")).not.toContain("k".repeat(8));
  });

  it("201: an Idempotency-Key gives the same webhook and the same secret again", async ({ expect }) => {
    const { keys } = await makeOrg();
    const post = () =>
      api(keys.admin).post<One<WebhookBody>>("/webhooks", { url, events: ["*"] }, { "Idempotency-Key": "one" });
    const [first, second] = [await post(), await post()];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    expect((await api(keys.admin).get<Many<WebhookBody>>("/webhooks")).body.data).toHaveLength(1);
  });

  it("400: refuses what it does not know", async ({ expect }) => {
    const { admin } = await made();
    const bodies = [
      { url },
      { url, events: [] },
      { url, events: ["finding.invented"] },
      { url, events: "finding.opened" },
      { url, events: ["*"], secret: "short" },
      { url, events: ["*"], secret: `whsec_${btoa("k".repeat(23))}` },
      { url, events: ["*"], secret: `whsec_${btoa("k".repeat(32)).replace("=", "")}` },
      { url, events: ["*"], secret: `whsec_${btoa("k".repeat(24))} ` },
      { url, events: ["*"], secret: `whsec_ ${btoa("k".repeat(24))}` },
      { url, events: ["*"], status: "paused" },
      { url, events: ["*"], orgId: "other" },
      { url: 7, events: ["*"] },
    ];
    for (const body of bodies) {
      const answer = await admin.post<Problem>("/webhooks", body);
      expect([answer.status, answer.body.code], JSON.stringify(body)).toEqual([400, "INVALID_REQUEST"]);
    }
  });

  it("422: refuses addresses that lead inside", async ({ expect }) => {
    const { admin } = await made();
    for (const inside of [
      "https://169.254.169.254/",
      "https://167772161/",
      "https://metadata.google.internal/",
      "http://hooks.example.com/",
    ]) {
      const answer = await admin.post<Problem>("/webhooks", { url: inside, events: ["*"] });
      expect([answer.status, answer.body.code], inside).toEqual([422, "WEBHOOK_URL_BLOCKED"]);
    }
  });

  it("409: an organization has at most 50", async ({ expect }) => {
    const org = await makeOrg();
    const { admin } = await made({}, org);
    for (let index = 1; index < 50; index += 1)
      expect((await admin.post("/webhooks", { url, events: ["*"] })).status).toBe(201);
    const answer = await admin.post<Problem>("/webhooks", { url, events: ["*"] });
    expect([answer.status, answer.body.code]).toEqual([409, "CONFLICT"]);
  });

  it("403: is for admins", async ({ expect }) => {
    const { keys } = await makeOrg();
    for (const key of [keys.viewer, keys.analyst, keys.editor]) {
      expect((await api(key).post("/webhooks", { url, events: ["*"] })).status).toBe(403);
      expect((await api(key).get("/webhooks")).status).toBe(403);
    }
  });
});

describe("GET /webhooks", () => {
  it("200: lists the newest first, by pages, as JSON and CSV, never with a secret", async ({ expect }) => {
    const { org, admin, webhook: oldest } = await made();
    for (let round = 0; round < 4; round += 1) await made({}, org);
    const first = await admin.get<Many<WebhookBody>>("/webhooks?limit=3");
    const second = await admin.get<Many<WebhookBody>>(`/webhooks?limit=3&cursor=${first.body.pagination.nextCursor}`);
    const ids = [...first.body.data, ...second.body.data].map(({ id }) => id);
    expect(new Set(ids).size).toBe(5);
    expect(ids).toEqual(ids.toSorted().toReversed());
    expect(ids.at(-1)).toBe(oldest.id);
    const csv = await admin.get("/webhooks", { Accept: "text/csv" });
    expect(csv.status).toBe(200);
    for (const { text } of [first, second, csv]) expect(text).not.toMatch(/whsec_|secret/);
  });

  it("200: by status, and sorted", async ({ expect }) => {
    const { org, admin, webhook: oldest } = await made({ status: "disabled" });
    const { webhook: newest } = await made({}, org);
    const idsOf = async (query: string): Promise<string[]> =>
      (await admin.get<Many<WebhookBody>>(`/webhooks?${query}`)).body.data.map(({ id }) => id);
    expect(await idsOf("status=disabled")).toEqual([oldest.id]);
    expect(await idsOf("status=disabled,enabled&sort=createdAt")).toEqual([oldest.id, newest.id]);
  });

  it("404: another organization's webhook is as good as none", async ({ expect }) => {
    const { webhook } = await made();
    const stranger = api((await makeOrg()).keys.admin);
    for (const path of [
      `/webhooks/${webhook.id}`,
      `/webhooks/${webhook.id}/deliveries`,
      `/webhooks/${webhook.id}/deliveries/${newId()}`,
    ]) {
      expect((await stranger.get(path)).status, path).toBe(404);
      expect((await stranger.get(path.replace(webhook.id, newId()))).status, path).toBe(404);
    }
    expect((await stranger.delete(`/webhooks/${webhook.id}`)).status).toBe(404);
  });
});

describe("DELETE /webhooks/{id}", () => {
  it("204: ends what was still to be delivered; the webhook is gone", async ({ expect }) => {
    const { org, admin, webhook } = await made();
    startReceiver().answer(() => new Response(null, { status: 500 }));
    await deliverEvent(org, ["scan.completed"]);
    expect((await admin.delete(`/webhooks/${webhook.id}`)).status).toBe(204);
    const row = await bindings.DB.prepare("SELECT status, next_attempt_at FROM deliveries WHERE org_id = ?1")
      .bind(org.id)
      .first();
    expect(row).toEqual({ status: "dead", next_attempt_at: null });
    expect((await admin.get(`/webhooks/${webhook.id}`)).status).toBe(404);
    expect((await admin.delete(`/webhooks/${webhook.id}`)).status).toBe(404);
    const { results } = await bindings.DB.prepare("SELECT action FROM audit_log WHERE org_id = ?1 ORDER BY id")
      .bind(org.id)
      .all();
    expect(results).toEqual([{ action: "webhook.create" }, { action: "webhook.delete" }]);
  });

  it("409 while alert rules tell it, and says which", async ({ expect }) => {
    const { org, admin, webhook } = await made();
    await ruleThatTells(org.id, "Night shift", [webhook.id]).run();
    const refused = await admin.delete<Problem>(`/webhooks/${webhook.id}`);
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      'Alert rules tell this webhook: "Night shift". Take it out of them first.',
    ]);
    expect((await admin.get(`/webhooks/${webhook.id}`)).status).toBe(200);
    await bindings.DB.prepare("DELETE FROM alert_rules WHERE org_id = ?1").bind(org.id).run();
    expect((await admin.delete(`/webhooks/${webhook.id}`)).status).toBe(204);
  });

  it("412: only in the version the caller read", async ({ expect }) => {
    const { admin, webhook } = await made();
    const stale = await admin.delete<Problem>(`/webhooks/${webhook.id}`, { "If-Match": '"7"' });
    expect([stale.status, stale.body.currentVersion]).toEqual([412, 1]);
    expect((await admin.delete(`/webhooks/${webhook.id}`, { "If-Match": '"1"' })).status).toBe(204);
  });
});

describe("GET /webhooks/{id}/deliveries", () => {
  it("200: lists what was told, filters it, and shows each with its attempts", async ({ expect }) => {
    const { org, admin, webhook } = await made();
    const receiver = startReceiver();
    await deliverEvent(org, ["scan.completed"]);
    await deliverEvent(org, ["finding.critical", "finding.opened"]);
    receiver.answer(() => new Response("not now <script>", { status: 503 }));
    await deliverEvent(org, ["scan.completed"]);
    const path = `/webhooks/${webhook.id}/deliveries`;
    const all = (await admin.get<Many<DeliveryBody>>(path)).body.data;
    expect(all.map(({ event, status, attemptCount }) => [event, status, attemptCount])).toEqual([
      ["scan.completed", "pending", 1],
      ["finding.critical", "delivered", 1],
      ["scan.completed", "delivered", 1],
    ]);
    const count = async (query: string) => (await admin.get<Many<DeliveryBody>>(`${path}?${query}`)).body.data.length;
    expect([
      await count("status=delivered"),
      await count("status=pending,dead"),
      await count("event=scan.completed"),
    ]).toEqual([2, 1, 2]);
    expect(await count("event=scan.completed&status=pending")).toBe(1);
    expect((await admin.get(`${path}?status=broken`)).status).toBe(400);
    const one = await admin.get<One<DeliveryBody>>(`${path}/${all[0]?.id}`);
    expect(one.body.data.attempts).toMatchObject([{ number: 1, status: 503, response: "not now &lt;script&gt;" }]);
    expect((await admin.get(`/webhooks/${newId()}/deliveries/${all[0]?.id}`)).status).toBe(404);
  });

  it("reads about a page of rows, whatever the table holds and whichever filter is set", async ({ expect }) => {
    const { org, admin, webhook } = await made();
    const insert = bindings.DB.prepare(
      `INSERT INTO deliveries (org_id, id, webhook_id, event_id, event, status, attempts, created_at, updated_at)
       SELECT ?1, printf('019aa5d2-6b1d-7f60-8a1b-%012d', value), ?2, 'e' || value, CASE value % 10 WHEN 0 THEN 'scan.failed' ELSE 'scan.completed' END,
         CASE value % 20 WHEN 0 THEN 'dead' ELSE 'delivered' END, 1, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'
       FROM json_each(?3)`,
    );
    await insert.bind(org.id, webhook.id, JSON.stringify(Array.from({ length: 3_000 }, (_, index) => index))).run();
    const actor = { type: "system", id: "system", name: "test" } as const;
    const page = { limit: 20, sort: [], from: null, page: null, count: false };
    for (const filters of [{}, { status: ["dead"] as const }, { event: ["scan.failed"] }]) {
      const meter = newMeter();
      const context = orgContext({
        env: bindings,
        orgId: org.id,
        shard: 0,
        actor,
        role: "admin",
        now: new Date(),
        meter,
        waitUntil: () => undefined,
      });
      expect((await listDeliveries(context, webhook.id, page, filters, ofWebhooks)).rows).toHaveLength(20);
      expect(meter.rowsRead, JSON.stringify(filters)).toBeLessThanOrEqual(25);
      expect(meter.roundTrips).toBe(1);
    }
    expect((await admin.get<Many<DeliveryBody>>(`/webhooks/${webhook.id}/deliveries?limit=5`)).body.data).toHaveLength(
      5,
    );
  });
});

describe("a webhook's secret", () => {
  it("stands in no answer after the first, in no log line and in no table", async ({ expect }) => {
    const log = vi.spyOn(console, "log");
    const { org, admin, webhook } = await made();
    const secret = webhook.secret ?? "";
    const receiver = startReceiver();
    await deliverEvent(org, ["scan.completed"]);
    receiver.answer(() => Promise.reject(new TypeError(`cannot reach ${url}`)));
    await deliverEvent(org, ["scan.completed"]);
    const { body } = await admin.get<Many<DeliveryBody>>(`/webhooks/${webhook.id}/deliveries`);
    const texts = [JSON.stringify(body)];
    for (const path of [
      "/webhooks",
      `/webhooks/${webhook.id}`,
      `/webhooks/${webhook.id}/deliveries/${body.data[0]?.id}`,
    ])
      texts.push((await admin.get(path)).text);
    for (const table of ["webhooks", "events", "deliveries", "attempts", "audit_log", "idempotency_keys"]) {
      texts.push(
        JSON.stringify(
          (await bindings.DB.prepare(`SELECT * FROM ${table} WHERE org_id = ?1`).bind(org.id).all()).results,
        ),
      );
    }
    const lines = log.mock.calls.map((call) => JSON.stringify(call));
    const bare = secret.slice("whsec_".length, -1);
    for (const text of [...texts, ...lines]) expect(text).not.toContain(bare);
    for (const line of lines) expect(line).not.toContain("url-canary");
    for (const { headers, body: sent } of receiver.received)
      expect(JSON.stringify([...headers]) + sent).not.toContain(bare);
  });
});
