import { env } from "cloudflare:workers";
import { afterEach, describe, it, vi } from "vitest";
import { ruleThatTells } from "../../support/alerts.ts";
import { api } from "../../support/api.ts";
import { makeOrg, type TestOrg } from "../../support/org.ts";
import { startReceiver } from "../../support/receiver.ts";

interface ChannelBody {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly target: string | null;
  readonly region: string | null;
  readonly recipients: readonly string[] | null;
  readonly digest: object | null;
  readonly status: string;
  readonly disabledReason: string | null;
  readonly version: number;
}
interface DeliveryBody {
  readonly id: string;
  readonly channelId: string;
  readonly event: string;
  readonly status: string;
  readonly attempts?: readonly {
    readonly status: number | null;
    readonly error: string | null;
    readonly response: string | null;
  }[];
}
type One<Body> = { readonly data: Body };
type Many<Body> = { readonly data: readonly Body[] };
interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { readonly pointer: string; readonly message: string }[];
}

const canary = "CaNaRy0123456789cAnArY9876543210";
const slack = { kind: "slack", name: "Security", url: `https://hooks.slack.com/services/T0/B0/${canary}` };
const teams = {
  kind: "teams",
  name: "Ops",
  url: `https://prod-1.westeurope.logic.azure.com/workflows/x?sig=${canary}`,
};
const pagerduty = { kind: "pagerduty", name: "Pager", routingKey: canary };
const email = { kind: "email", name: "Mail", recipients: ["a@example.com", "b@example.com"] };
const daily = { every: "day", at: "09:00", timeZone: "Europe/Berlin" };

async function make(org: TestOrg, body: object): Promise<ChannelBody> {
  const made = await api(org.keys.admin).post<One<ChannelBody>>("/channels", body);
  if (made.status !== 201) throw new Error(made.text);
  return made.body.data;
}

afterEach(() => vi.restoreAllMocks());

describe("POST /channels", () => {
  it.each([
    [slack, "https://hooks.slack.com/…3210"],
    [{ ...slack, url: "https://discord.com/api/webhooks/1/x/slack" }, "https://discord.com/…lack"],
    [teams, "https://prod-1.westeurope.logic.azure.com/…3210"],
    [pagerduty, "https://events.pagerduty.com/…3210"],
    [{ ...pagerduty, region: "eu" }, "https://events.eu.pagerduty.com/…3210"],
    [email, null],
  ])("201 makes one and shows of what opens it its end only (%#)", async (body, target) => {
    const org = await makeOrg();
    const made = await api(org.keys.admin).post<One<ChannelBody>>("/channels", body);
    if (made.status !== 201 || made.body.data.target !== target) throw new Error(made.text);
    if (made.headers.get("Location") !== `/api/v1/channels/${made.body.data.id}`) throw new Error("No Location");
    if (made.headers.get("ETag") !== '"1"' || made.text.includes(canary)) throw new Error(made.text);
  });

  it.each([
    ["no kind", { name: "x" }, "/kind"],
    ["an unknown kind", { kind: "sms", name: "x" }, "/kind"],
    ["no URL", { kind: "slack", name: "x" }, "/url"],
    ["a routing key for Slack", { ...slack, routingKey: canary }, "/routingKey"],
    ["a short routing key", { ...pagerduty, routingKey: "abc" }, "/routingKey"],
    ["an unknown PagerDuty region", { ...pagerduty, region: "ap" }, "/region"],
    ["a digest for PagerDuty", { ...pagerduty, digest: daily }, "/digest"],
    ["no recipients", { ...email, recipients: [] }, "/recipients"],
    ["what is no address", { ...email, recipients: ["a@example.com", "nobody"] }, "/recipients/1"],
    ["a line break in an address", { ...email, recipients: ["a@example.com\r\nBcc: b@example.com"] }, "/recipients/0"],
    ["a recipient twice", { ...email, recipients: ["a@example.com", "A@example.com"] }, "/recipients"],
    [
      "too many recipients",
      { ...email, recipients: Array.from({ length: 51 }, (_, i) => `a${i}@example.com`) },
      "/recipients",
    ],
    ["a digest at no time of day", { ...slack, digest: { ...daily, at: "24:00" } }, "/digest/at"],
    ["a digest in no time zone", { ...slack, digest: { ...daily, timeZone: "Mars/Olympus" } }, "/digest/timeZone"],
    ["a digest by offset", { ...slack, digest: { ...daily, timeZone: "+02:00" } }, "/digest/timeZone"],
    ["an empty name", { ...slack, name: " " }, "/name"],
    ["an unknown status", { ...slack, status: "paused" }, "/status"],
  ])("400 for %s", async (_, body, pointer) => {
    const org = await makeOrg();
    const refused = await api(org.keys.admin).post<Problem>("/channels", body);
    if (refused.status !== 400 || refused.body.errors?.[0]?.pointer !== pointer) throw new Error(refused.text);
  });

  it.each([
    "http://hooks.example.com/x",
    "https://10.0.0.1/x",
    "https://localhost.localdomain/x",
    "https://u:p@example.com/x",
  ])("422 for a URL that leads nowhere public: %s", async (url) => {
    const org = await makeOrg();
    const refused = await api(org.keys.admin).post<Problem>("/channels", { ...slack, url });
    if (refused.status !== 422 || refused.body.code !== "WEBHOOK_URL_BLOCKED") throw new Error(refused.text);
  });

  it("409 for the 51st; webhooks are counted apart", async ({ expect }) => {
    const org = await makeOrg();
    await env.DB.batch(
      Array.from({ length: 50 }, (_, i) =>
        env.DB.prepare(
          `INSERT INTO webhooks (org_id, id, kind, name, url, events, secret, config, status, version, created_at, updated_at)
           VALUES (?1, ?2, 'slack', 'x', 'https://example.com', '[]', '', '{}', 'enabled', 1, '', '')`,
        ).bind(org.id, `x${i}`),
      ),
    );
    expect((await api(org.keys.admin).post("/channels", email)).status).toBe(409);
    const webhook = await api(org.keys.admin).post("/webhooks", { url: "https://hooks.example.com/x", events: ["*"] });
    expect(webhook.status).toBe(201);
  });

  it("answers a repeated Idempotency-Key with the first channel", async ({ expect }) => {
    const org = await makeOrg();
    const headers = { "Idempotency-Key": "once" };
    const [first, second] = [
      await api(org.keys.admin).post<One<ChannelBody>>("/channels", slack, headers),
      await api(org.keys.admin).post<One<ChannelBody>>("/channels", slack, headers),
    ];
    expect(second.body).toEqual(first.body);
    expect((await api(org.keys.admin).get<Many<ChannelBody>>("/channels")).body.data).toHaveLength(1);
  });
});

describe("GET /channels", () => {
  it("200 lists channels only, the newest first, by kind and status", async ({ expect }) => {
    const org = await makeOrg();
    await api(org.keys.admin).post("/webhooks", { url: "https://hooks.example.com/x", events: ["*"] });
    await make(org, slack);
    await make(org, { ...teams, status: "disabled" });
    await make(org, email);
    const kinds = async (query: string) =>
      (await api(org.keys.admin).get<Many<ChannelBody>>(`/channels${query}`)).body.data.map(({ kind }) => kind);
    expect(await kinds("")).toEqual(["email", "teams", "slack"]);
    expect(await kinds("?kind=slack,teams")).toEqual(["teams", "slack"]);
    expect(await kinds("?status=disabled")).toEqual(["teams"]);
    expect((await api(org.keys.admin).get<Many<object>>("/webhooks")).body.data).toHaveLength(1);
  });

  it("404 for webhooks here, for channels among webhooks, and for other organizations", async ({ expect }) => {
    const [org, other] = [await makeOrg(), await makeOrg()];
    const admin = api(org.keys.admin);
    const { id } = await make(org, slack);
    const webhook = await admin.post<One<{ id: string }>>("/webhooks", {
      url: "https://hooks.example.com/x",
      events: ["*"],
    });
    const { id: hookId } = webhook.body.data;
    expect((await admin.get(`/channels/${hookId}`)).status).toBe(404);
    expect((await admin.get(`/channels/${hookId}/deliveries`)).status).toBe(404);
    expect((await admin.post(`/channels/${hookId}/test`, {})).status).toBe(404);
    expect((await admin.patch(`/channels/${hookId}`, { name: "x" })).status).toBe(404);
    expect((await admin.delete(`/channels/${hookId}`)).status).toBe(404);
    expect((await admin.get(`/webhooks/${id}`)).status).toBe(404);
    expect((await admin.get(`/webhooks/${id}/deliveries`)).status).toBe(404);
    expect((await admin.delete(`/webhooks/${id}`)).status).toBe(404);
    expect((await api(other.keys.admin).get(`/channels/${id}`)).status).toBe(404);
    expect((await admin.get(`/channels/${id}`)).status).toBe(200);
  });
});

describe("PUT and PATCH /channels/{id}", () => {
  it("200 changes what is named, keeps what opens it, and counts versions", async ({ expect }) => {
    const org = await makeOrg();
    const { id } = await make(org, slack);
    const secretOf = async () =>
      (await env.DB.prepare("SELECT secret FROM webhooks WHERE org_id = ?1 AND id = ?2")
        .bind(org.id, id)
        .first("secret")) as string;
    const secret = await secretOf();
    const patched = await api(org.keys.admin).patch<One<ChannelBody>>(`/channels/${id}`, {
      name: "Renamed",
      digest: daily,
    });
    expect(patched.body.data).toMatchObject({
      name: "Renamed",
      digest: daily,
      target: "https://hooks.slack.com/…3210",
      version: 2,
    });
    const replaced = await api(org.keys.admin).put<One<ChannelBody>>(`/channels/${id}`, {
      kind: "slack",
      name: "Again",
    });
    expect(replaced.body.data).toMatchObject({
      name: "Again",
      digest: null,
      target: "https://hooks.slack.com/…3210",
      version: 3,
    });
    expect(await secretOf()).toBe(secret);
    const same = await api(org.keys.admin).patch<One<ChannelBody>>(`/channels/${id}`, { name: "Again" });
    expect(same.body.data.version).toBe(3);
    const moved = await api(org.keys.admin).patch<One<ChannelBody>>(`/channels/${id}`, {
      url: "https://chat.example.com/hooks/abcd",
    });
    expect(moved.body.data).toMatchObject({ target: "https://chat.example.com/…abcd", version: 4 });
    expect(await secretOf()).not.toBe(secret);
  });

  it.each([
    [slack, { url: "https://hooks.slack.com/services/T0/B0/other" }],
    [pagerduty, { region: "eu" }],
    [email, { recipients: ["c@example.com"] }],
  ])(
    "200 begins without failures and pause when %o is reached by %o, and not when it is as it was",
    async (own, other) => {
      const org = await makeOrg();
      const { id } = await make(org, own);
      const state = { failures: 9, failing_since: "2026-01-01T00:00:00.000Z", warned: 2, busy_until: "2999-01-01" };
      const { failures, failing_since: since, warned, busy_until: until } = state;
      await env.DB.prepare(
        "UPDATE webhooks SET failures = ?2, failing_since = ?3, warned = ?4, busy_until = ?5 WHERE org_id = ?1",
      )
        .bind(org.id, failures, since, warned, until)
        .run();
      const row = () =>
        env.DB.prepare("SELECT failures, failing_since, warned, busy_until FROM webhooks WHERE org_id = ?1")
          .bind(org.id)
          .first();
      const admin = api(org.keys.admin);
      const versions = [
        (await admin.put<One<ChannelBody>>(`/channels/${id}`, own)).body.data.version,
        (await admin.patch<One<ChannelBody>>(`/channels/${id}`, { description: "x" })).body.data.version,
      ];
      const kept = await row();
      const moved = await admin.put<One<ChannelBody>>(`/channels/${id}`, { ...own, ...other });
      const fresh = { failures: 0, failing_since: null, warned: -1, busy_until: null };
      const found = [...versions, kept, moved.body.data.version, await row()];
      if (JSON.stringify(found) !== JSON.stringify([1, 2, state, 3, fresh])) throw new Error(JSON.stringify(found));
    },
  );

  it("200 keeps a routing key over a change of region, and merges null away", async ({ expect }) => {
    const org = await makeOrg();
    const { id } = await make(org, { ...pagerduty, description: "Nights" });
    const patch = { region: "eu", description: null };
    const { body } = await api(org.keys.admin).patch<One<ChannelBody>>(`/channels/${id}`, patch);
    expect(body.data).toMatchObject({
      region: "eu",
      description: null,
      target: "https://events.eu.pagerduty.com/…3210",
    });
  });

  it.each([
    ["PUT", { kind: "teams", name: "x", url: slack.url }],
    ["PATCH", { kind: "email" }],
  ] as const)("400 for another kind by %s", async (method, body) => {
    const org = await makeOrg();
    const { id } = await make(org, slack);
    const admin = api(org.keys.admin);
    const refused = await (method === "PUT"
      ? admin.put<Problem>(`/channels/${id}`, body)
      : admin.patch<Problem>(`/channels/${id}`, body));
    if (refused.status !== 400 || refused.body.errors?.[0]?.pointer !== "/kind") throw new Error(refused.text);
  });

  it("400 for a patch that makes it invalid, and for what it does not know", async ({ expect }) => {
    const org = await makeOrg();
    const { id } = await make(org, email);
    const admin = api(org.keys.admin);
    expect((await admin.patch<Problem>(`/channels/${id}`, { recipients: null })).body.errors?.[0]?.pointer).toBe(
      "/recipients",
    );
    expect((await admin.patch(`/channels/${id}`, { url: "https://example.com/x" })).status).toBe(400);
  });

  it("412 for another version, and for the slower of two", async ({ expect }) => {
    const org = await makeOrg();
    const { id } = await make(org, slack);
    const admin = api(org.keys.admin);
    expect((await admin.patch(`/channels/${id}`, { name: "x" }, { "If-Match": '"7"' })).status).toBe(412);
    const both = await Promise.all(
      ["x", "y"].map((name) => admin.patch(`/channels/${id}`, { name }, { "If-Match": '"1"' })),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 412]);
    expect((await admin.delete(`/channels/${id}`, { "If-Match": '"1"' })).status).toBe(412);
  });

  it("200 switches off: what waits there ends; switched on it starts without failures", async ({ expect }) => {
    const org = await makeOrg();
    const { id } = await make(org, { ...slack, digest: daily });
    await env.DB.batch([
      env.DB.prepare(
        `INSERT INTO deliveries (org_id, id, webhook_id, event_id, event, status, attempts, next_attempt_at, created_at, updated_at)
         VALUES (?1, 'd', ?2, 'e', 'alert.triggered', 'pending', 1, '2099-01-01T00:00:00.000Z', '', '')`,
      ).bind(org.id, id),
      env.DB.prepare("INSERT INTO digest_items VALUES (?1, ?2, 'i', '2099-01-01T00:00:00.000Z', '{}')").bind(
        org.id,
        id,
      ),
      env.DB.prepare(
        "UPDATE webhooks SET failures = 7, failing_since = '2026-01-01T00:00:00.000Z' WHERE org_id = ?1",
      ).bind(org.id),
    ]);
    const admin = api(org.keys.admin);
    const off = await admin.patch<One<ChannelBody>>(`/channels/${id}`, { status: "disabled" });
    expect(off.body.data).toMatchObject({ status: "disabled", disabledReason: "Disabled by hand" });
    const left = await env.DB.prepare("SELECT status, next_attempt_at FROM deliveries WHERE org_id = ?1")
      .bind(org.id)
      .all();
    expect(left.results).toEqual([{ status: "dead", next_attempt_at: null }]);
    expect((await env.DB.prepare("SELECT * FROM digest_items WHERE org_id = ?1").bind(org.id).all()).results).toEqual(
      [],
    );
    const on = await admin.patch<One<ChannelBody>>(`/channels/${id}`, { status: "enabled" });
    expect(on.body.data).toMatchObject({ status: "enabled", disabledReason: null, failingSince: null });
  });
});

describe("DELETE /channels/{id}", () => {
  it("204 once no alert rule names it: 409 tells which do, as their own or by a tag", async ({ expect }) => {
    const org = await makeOrg();
    const { id } = await make(org, slack);
    await env.DB.batch([
      ruleThatTells(org.id, "own", [id]),
      ruleThatTells(org.id, "routed", ["other"], { by: "tag", key: "team", channels: { web: ["other", id] } }),
      ruleThatTells(org.id, "neither", ["other"], { by: "tag", key: "team", channels: { web: ["other"] } }),
    ]);
    const admin = api(org.keys.admin);
    const refused = await admin.delete<Problem>(`/channels/${id}`);
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      'Alert rules tell this channel: "own", "routed". Take it out of them first.',
    ]);
    await env.DB.prepare("DELETE FROM alert_rules WHERE org_id = ?1 AND name <> 'neither'").bind(org.id).run();
    await env.DB.prepare("INSERT INTO digest_items VALUES (?1, ?2, 'i', '2099-01-01T00:00:00.000Z', '{}')")
      .bind(org.id, id)
      .run();
    expect((await admin.delete(`/channels/${id}`)).status).toBe(204);
    expect((await admin.get(`/channels/${id}`)).status).toBe(404);
    expect((await env.DB.prepare("SELECT * FROM digest_items WHERE org_id = ?1").bind(org.id).all()).results).toEqual(
      [],
    );
  });
});

describe("POST /channels/{id}/test", () => {
  it.each([
    ["slack", slack, slack.url],
    ["teams", teams, teams.url],
    ["pagerduty", pagerduty, "https://events.pagerduty.com/v2/enqueue"],
  ])("200 sends a sample to %s and answers the attempt, which stands in the log", async (_, body, url) => {
    const org = await makeOrg();
    const receiver = startReceiver();
    receiver.answer(() => new Response("ok", { status: 202 }));
    const { id } = await make(org, { ...body, ...(body.kind === "pagerduty" ? {} : { digest: daily }) });
    const admin = api(org.keys.admin);
    const tested = await admin.post<One<DeliveryBody>>(`/channels/${id}/test`, {});
    const [attempt] = tested.body.data.attempts ?? [];
    if (tested.body.data.status !== "delivered" || attempt?.status !== 202 || attempt.response !== "ok")
      throw new Error(tested.text);
    if (receiver.received.length !== 1 || receiver.received[0]?.url !== url) throw new Error("Sent elsewhere");
    if (!receiver.received[0].body.includes("This is a test")) throw new Error(receiver.received[0].body);
    const listed = await admin.get<Many<DeliveryBody>>(`/channels/${id}/deliveries`);
    if (listed.body.data[0]?.id !== tested.body.data.id || listed.body.data[0].channelId !== id)
      throw new Error(listed.text);
    const one = await admin.get<One<DeliveryBody>>(`/channels/${id}/deliveries/${tested.body.data.id}`);
    if (JSON.stringify(one.body) !== JSON.stringify(tested.body)) throw new Error(one.text);
  });

  it("200 tells of a failure, once, also of a disabled channel, and nobody else hears of it", async ({ expect }) => {
    const org = await makeOrg();
    const receiver = startReceiver();
    receiver.answer(() => new Response("no_service", { status: 404 }));
    const admin = api(org.keys.admin);
    await admin.post("/webhooks", { url: "https://hooks.example.com/x", events: ["*"] });
    const { id } = await make(org, { ...slack, status: "disabled" });
    const tested = await admin.post<One<DeliveryBody>>(`/channels/${id}/test`);
    expect(tested.body.data).toMatchObject({
      status: "dead",
      event: "alert.triggered",
      attempts: [{ status: 404, error: "Answered 404", response: "no_service" }],
    });
    expect(receiver.received).toHaveLength(1);
    expect(
      (await env.DB.prepare("SELECT 1 FROM deliveries WHERE org_id = ?1").bind(org.id).all()).results,
    ).toHaveLength(1);
  });

  it("429 beyond the limit of tests", async ({ expect }) => {
    const org = await makeOrg();
    const { id } = await make(org, email);
    const statuses: number[] = [];
    for (let round = 0; round < 6; round += 1)
      statuses.push((await api(org.keys.admin).post(`/channels/${id}/test`, {})).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  });
});

describe("what opens a channel", () => {
  it("is in no answer, no audit row, no log line and no idempotency record", async ({ expect }) => {
    const logged = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const org = await makeOrg();
    startReceiver().answer(() => new Response("ok"));
    const admin = api(org.keys.admin);
    const answers: string[] = [];
    for (const body of [slack, teams, pagerduty]) {
      const made = await admin.post<One<ChannelBody>>("/channels", body, { "Idempotency-Key": body.kind });
      const path = `/channels/${made.body.data.id}`;
      const opening = body.kind === "pagerduty" ? { routingKey: canary } : { url: `${slack.url}x${canary}` };
      answers.push(
        made.text,
        (await admin.patch(path, { ...opening, name: "Other" })).text,
        (await admin.put(path, { ...body, name: "Third" })).text,
        (await admin.post(`${path}/test`, {})).text,
        (await admin.get(path)).text,
        (await admin.get(`${path}/deliveries`)).text,
      );
    }
    answers.push((await admin.get("/channels")).text, (await admin.get("/channels", { Accept: "text/csv" })).text);
    answers.push(
      (await admin.get("/audit-log")).text,
      (await admin.post("/channels", { ...slack, url: `http://x/${canary}` })).text,
    );
    expect(answers.filter((text) => text.includes(canary))).toEqual([]);
    expect(JSON.stringify(logged.mock.calls)).not.toContain(canary);
    for (const table of ["webhooks", "audit_log", "events", "deliveries", "attempts", "idempotency_keys"]) {
      const { results } = await env.DB.prepare(`SELECT * FROM ${table} WHERE org_id = ?1`).bind(org.id).all();
      expect(JSON.stringify(results), table).not.toContain(canary);
    }
  });
});
