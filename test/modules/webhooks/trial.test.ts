import { env } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, it, vi } from "vitest";
import { eventNames, eventStatements } from "#db/outbox";
import { defaultSettings } from "#db/values";
import { newId } from "#lib/id";
import { eventSamples } from "../../../src/modules/webhooks/event-samples.ts";
import { replayWebhook } from "../../../src/modules/webhooks/replay.ts";
import { shownAnswer } from "../../../src/modules/webhooks/shown-answer.ts";
import { testWebhook } from "../../../src/modules/webhooks/test-webhook.ts";
import { api } from "../../support/api.ts";
import { makeOrg } from "../../support/org.ts";
import { startReceiver } from "../../support/receiver.ts";
import { forbidden } from "./forbidden.ts";
import { deliveriesOf, message, onlyDelivery } from "./rows.ts";
import { newWorld } from "./world.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

interface Detail {
  readonly data: {
    readonly id: string;
    readonly status: string;
    readonly event: string;
    readonly nextAttemptAt: string | null;
    readonly lastError: string | null;
    readonly attempts: readonly {
      readonly number: number;
      readonly status: number | null;
      readonly response: string | null;
    }[];
  };
}

describe("POST /webhooks/{id}/test", () => {
  it("200: sends any event of the catalogue, signed, as what it is, and answers the attempt", async ({ expect }) => {
    const org = await makeOrg({ limits: { ...defaultSettings.limits, webhookTestPerMinute: 1_000 } });
    const admin = api(org.keys.admin);
    const made = await admin.post<{ data: { id: string; secret: string } }>("/webhooks", {
      url: "https://hooks.example.com/in",
      events: ["scan.failed"],
    });
    const { id, secret } = made.body.data;
    const receiver = startReceiver();
    receiver.answer(() => new Response("thanks\u0007", { status: 202 }));
    for (const event of eventNames) {
      const answer = await admin.post<Detail>(`/webhooks/${id}/test`, { event });
      expect([answer.status, answer.body.data]).toMatchObject([
        200,
        {
          status: "delivered",
          event,
          nextAttemptAt: null,
          attempts: [{ number: 1, status: 202, response: "thanks\\u{7}" }],
        },
      ]);
      // What other tests left may be delivered meanwhile.
      const request = receiver.received.findLast(
        ({ headers }) => headers.get("x-cloudglass-delivery") === answer.body.data.id,
      );
      const told = new Webhook(secret).verify(request?.body ?? "", Object.fromEntries(request?.headers ?? []));
      expect(told).toMatchObject({ event, organizationId: org.id, data: { test: true, ...eventSamples[event] } });
      expect(request?.headers.get("x-cloudglass-event")).toBe(event);
      expect(new TextEncoder().encode(request?.body).length).toBeLessThan(20_000);
      const kept = await admin.get<Detail>(`/webhooks/${id}/deliveries/${answer.body.data.id}`);
      expect(kept.body).toEqual(answer.body);
    }
    expect(Object.keys(eventSamples).toSorted()).toEqual(eventNames.toSorted());
    const empty = await admin.post<Detail>(`/webhooks/${id}/test`, {});
    expect(empty.body.data.event).toBe("webhook.test");
    expect((await admin.post(`/webhooks/${id}/test`, { event: "finding.invented" })).status).toBe(400);
    expect((await admin.post(`/webhooks/${newId()}/test`, {})).status).toBe(404);
    const { results } = await env.DB.prepare("SELECT action FROM audit_log WHERE org_id = ?1").bind(org.id).all();
    expect(results).toHaveLength(eventNames.length + 2);
  });

  it("429: five a minute", async ({ expect }) => {
    const org = await makeOrg();
    const admin = api(org.keys.admin);
    const { body } = await admin.post<{ data: { id: string } }>("/webhooks", {
      url: "https://hooks.example.com/in",
      events: ["*"],
    });
    startReceiver();
    const statuses = [];
    for (let round = 0; round < 6; round += 1)
      statuses.push((await admin.post(`/webhooks/${body.data.id}/test`, {})).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  });

  it("that fails is not tried again, does not count, and is told to nobody, by no replay either", async ({
    expect,
  }) => {
    const world = await newWorld();
    const receiver = startReceiver();
    receiver.answer(() => new Response("no", { status: 500 }));
    const { webhook } = await world.webhook({ status: "disabled" });
    const detail = await testWebhook(world.org(), webhook.id, "finding.opened");
    expect(detail).toMatchObject({
      delivery: { status: "dead", lastStatus: 500 },
      attempts: [{ error: "Answered 500" }],
    });
    expect(await onlyDelivery(world)).toMatchObject({ status: "dead", attempts: 1, next_attempt_at: null });
    expect(await world.rows("SELECT status, failures, failing_since FROM webhooks WHERE org_id = ?1")).toEqual([
      { status: "disabled", failures: 0, failing_since: null },
    ]);
    const now = new Date(Date.now() + 60_000).toISOString();
    await world.rows(
      "UPDATE webhooks SET status = 'enabled', silences = ?2 WHERE org_id = ?1",
      JSON.stringify([["2020-01-01T00:00:00.000Z", now]]),
    );
    const other = await world.webhook({ events: ["*"] });
    await world.rows(
      "UPDATE webhooks SET silences = ?2 WHERE org_id = ?1",
      JSON.stringify([["2020-01-01T00:00:00.000Z", now]]),
    );
    for (const id of [webhook.id, other.webhook.id]) {
      for (const status of ["failed", "missing"] as const) {
        const replayed = await replayWebhook(world.org(), id, {
          since: "2020-01-01T00:00:00.000Z",
          until: now,
          status,
        });
        expect(replayed.scheduled).toBe(0);
      }
    }
    expect(receiver.received).toHaveLength(1);
  });

  it("that works ends the pause that failures brought, and no lease", async ({ expect }) => {
    const world = await newWorld();
    startReceiver();
    const { webhook } = await world.webhook();
    const busy = async (failures: number, seconds: number) => {
      const until = new Date(Date.now() + seconds * 1_000).toISOString();
      await world.rows("UPDATE webhooks SET failures = ?2, busy_until = ?3 WHERE org_id = ?1", failures, until);
      await testWebhook(world.org(), webhook.id, "webhook.test");
      const [row] = await world.rows<{ busy_until: string | null }>(
        "SELECT busy_until FROM webhooks WHERE org_id = ?1",
      );
      return row?.busy_until === null;
    };
    expect([await busy(7, 900), await busy(7, 50), await busy(0, 900)]).toEqual([true, false, false]);
  });
});

describe("a webhook's URL", () => {
  it("is looked at before every attempt: none of those that lead inside is ever connected to", async ({ expect }) => {
    const world = await newWorld({ WEBHOOKS_ALLOW_LOOPBACK: undefined, PUBLIC_HOSTS: "api.cloudglass.dev" });
    const receiver = startReceiver();
    const { webhook } = await world.webhook();
    for (const url of forbidden) {
      await world.rows("UPDATE webhooks SET url = ?2 WHERE org_id = ?1", url);
      const { delivery } = await testWebhook(world.org(), webhook.id, "webhook.test");
      expect(delivery.lastError, url).toContain("cannot be sent to this URL");
    }
    expect(receiver.received).toEqual([]);
  });
});

describe("what a webhook hears", () => {
  it("is of its severities and accounts, and what has none: exactly these rows", async ({ expect }) => {
    const world = await newWorld();
    const [one, two] = [newId(), newId()];
    const webhooks = {
      all: (await world.webhook()).webhook.id,
      grave: (await world.webhook({ severities: ["high", "critical"] })).webhook.id,
      here: (await world.webhook()).webhook.id,
      both: (await world.webhook({ severities: ["low"] })).webhook.id,
      about: (await world.webhook()).webhook.id,
    };
    for (const id of [webhooks.here, webhooks.both])
      await world.rows("UPDATE webhooks SET account_ids = ?2 WHERE org_id = ?1 AND id = ?3", JSON.stringify([one]), id);
    const org = world.org();
    const events = [
      { id: "high-one", severity: "high", accountId: one },
      { id: "low-one", severity: "low", accountId: one },
      { id: "low-two", severity: "low", accountId: two },
      { id: "none-two", accountId: two },
      { id: "medium-none", severity: "medium" },
      { id: "none-none", exceptWebhookId: webhooks.about },
    ].map((event) => ({ ...event, names: ["finding.opened"] as const, data: {} }));
    await org.db.atomic(eventStatements(org, ...events));
    const rows = await world.rows<{ webhook_id: string; event_id: string }>(
      "SELECT webhook_id, event_id FROM deliveries WHERE org_id = ?1",
    );
    const heard = Object.fromEntries(
      Object.entries(webhooks).map(([name, id]) => [
        name,
        events
          .map(({ id: event }) => event)
          .filter((event) => rows.some((row) => row.webhook_id === id && row.event_id === event)),
      ]),
    );
    expect(heard).toEqual({
      all: ["high-one", "low-one", "low-two", "none-two", "medium-none", "none-none"],
      grave: ["high-one", "none-two", "none-none"],
      here: ["high-one", "low-one", "medium-none", "none-none"],
      both: ["low-one", "none-none"],
      about: ["high-one", "low-one", "low-two", "none-two", "medium-none"],
    });
    expect(rows).toHaveLength(6 + 3 + 4 + 2 + 5);
  });
});

describe("GET /webhooks/{id}/deliveries", () => {
  it("200: by the time they were made, with how the last attempt ended", async ({ expect }) => {
    const start = Date.now() - 3 * 3_600_000;
    const org = await makeOrg();
    const admin = api(org.keys.admin);
    const made = await admin.post<{ data: { id: string } }>("/webhooks", {
      url: "https://hooks.example.com/in",
      events: ["*"],
    });
    const { id } = made.body.data;
    for (const hour of [0, 1, 2]) {
      const at = new Date(start + hour * 3_600_000);
      const time = at.getTime().toString(16).padStart(12, "0");
      await env.DB.prepare(
        `INSERT INTO deliveries (org_id, id, webhook_id, event_id, event, status, attempts, last_attempt_at, last_status, last_error, last_duration_ms, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, 'scan.completed', 'dead', 10, ?5, 503, 'Answered 503', 12, ?5, ?5)`,
      )
        .bind(org.id, `${time.slice(0, 8)}-${time.slice(8)}-7aaa-8bbb-000000000000`, id, newId(), at.toISOString())
        .run();
    }
    const list = async (query: string) =>
      (await admin.get<{ data: Record<string, unknown>[] }>(`/webhooks/${id}/deliveries?${query}`)).body.data;
    const at = (hour: number) => new Date(start + hour * 3_600_000).toISOString();
    expect(await list("")).toHaveLength(3);
    expect((await list(`since=${at(1)}`)).map(({ createdAt }) => createdAt)).toEqual([at(2), at(1)]);
    expect((await list(`until=${at(1)}&status=dead`)).map(({ createdAt }) => createdAt)).toEqual([at(0)]);
    expect(await list(`since=${at(1)}&until=${at(2)}&event=scan.completed`)).toMatchObject([
      { createdAt: at(1), lastAttemptAt: at(1), lastStatus: 503, lastError: "Answered 503", lastDurationMs: 12 },
    ]);
  });
});

describe("a stranger's answer", () => {
  it("is shown with nothing in it that a page or terminal takes for its own", ({ expect }) => {
    expect(shownAnswer(`<script>alert("1" & '2')</script>\n\tend`)).toBe(
      "&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;\n\tend",
    );
    expect(shownAnswer("\u001b[31mred\u0000\r\u007f\u009b\u202eevil\u200b\u2066\ufeff\u2028")).toBe(
      "\\u{1b}[31mred\\u{0}\\u{d}\\u{7f}\\u{9b}\\u{202e}evil\\u{200b}\\u{2066}\\u{feff}\\u{2028}",
    );
    expect(shownAnswer("Grüße, 日本, 🪣")).toBe("Grüße, 日本, 🪣");
  });
});

describe("one hanging receiver among fifty", () => {
  it("costs the others nothing: as many messages, round trips and requests as without it", async ({ expect }) => {
    // No lease ends, however long it takes.
    vi.useFakeTimers({ toFake: ["Date"] });
    const counts = async (hangs: boolean) => {
      const world = await newWorld();
      const receiver = startReceiver();
      const { promise: hanging, resolve: release } = Promise.withResolvers<void>();
      const slow = "https://h0.receiver.dev/in";
      receiver.answer(async ({ url }) => {
        if (hangs && url === slow) await hanging;
        return new Response(null, { status: 200 });
      });
      for (let index = 0; index < 50; index += 1) await world.webhook({ url: `https://h${index}.receiver.dev/in` });
      let last: Promise<unknown> = Promise.resolve();
      for (let round = 0; round < 4; round += 1) {
        await world.tell();
        const [hung, ...quick] = world.nudges.splice(0).map(({ body }) => body);
        const first = world.consume([hung]);
        last = Promise.all([last, first]);
        if (!hangs) await first;
        for (let at = 0; at < quick.length; at += 5) await world.consume(quick.slice(at, at + 5));
      }
      const others = receiver.received.filter(({ url }) => url !== slow).length;
      const done = (await deliveriesOf(world)).filter(({ status }) => status === "delivered").length;
      const slowOnes = receiver.received.filter(({ url }) => url === slow).length;
      release();
      await last;
      await world.drain();
      for (const { id, status } of await deliveriesOf(world))
        if (status === "pending") await world.consume([message(world, id)]);
      const left = (await deliveriesOf(world)).filter(({ status }) => status !== "delivered").length;
      return { others, done, slowOnes, left };
    };
    expect(await counts(false)).toEqual({ others: 196, done: 200, slowOnes: 4, left: 0 });
    expect(await counts(true)).toEqual({ others: 196, done: 196, slowOnes: 1, left: 0 });
  });
});
