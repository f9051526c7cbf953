import { env } from "cloudflare:workers";
import { afterEach, describe, it, vi } from "vitest";
import { newId } from "#lib/id";
import { api } from "../../support/api.ts";
import { makeOrg, type TestOrg } from "../../support/org.ts";
import { startReceiver } from "../../support/receiver.ts";
import { accountRow, insertRows } from "../findings/world.ts";
import { forbidden } from "./forbidden.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

type Body = Readonly<Record<string, unknown>>;
interface Answered {
  readonly data: Body;
  readonly code?: string;
  readonly currentVersion?: number;
  readonly errors?: readonly { readonly pointer: string }[];
}

const url = "https://hooks.example.com/in?token=canary-77aa";

async function made(body: Body = {}) {
  const org = await makeOrg();
  const admin = api(org.keys.admin);
  const {
    id,
    secret: _,
    ...shown
  } = (await admin.post<Answered>("/webhooks", { url, events: ["*"], ...body })).body.data;
  const path = `/webhooks/${String(id)}`;
  return { org, admin, id: String(id), path, shown };
}

async function anAccount(org: TestOrg, digits: string): Promise<string> {
  const row = accountRow(org.id, digits);
  await insertRows("accounts", [row]);
  return row.id;
}

/** The tests' deployment admits this machine, and has no name of its own. */
const isAdmittedHere = (target: string): boolean =>
  /^(localhost|127\.0\.0\.1|\[::1\]|api\.cloudglass\.dev\.?)$/.test(URL.parse(target)?.hostname ?? "");

const rowOf = (org: TestOrg, id: string) =>
  env.DB.prepare("SELECT * FROM webhooks WHERE org_id = ?1 AND id = ?2").bind(org.id, id).first();

describe("PATCH /webhooks/{id}", () => {
  it("200: merges what is named, leaves the rest, and stands in the audit log without the URL's path", async ({
    expect,
  }) => {
    const { org, admin, path, shown } = await made({ description: "Pager" });
    const answer = await admin.patch<Answered>(path, {
      events: ["finding.*", "finding.*"],
      severities: ["critical", "high"],
    });
    expect([answer.status, answer.headers.get("etag")]).toEqual([200, '"2"']);
    expect(answer.body.data).toMatchObject({
      ...shown,
      events: ["finding.*"],
      severities: ["high", "critical"],
      version: 2,
      updatedAt: expect.any(String),
    });
    const { results } = await env.DB.prepare("SELECT action, changes FROM audit_log WHERE org_id = ?1 ORDER BY id")
      .bind(org.id)
      .all<{ action: string; changes: string }>();
    expect(results.map(({ action }) => action)).toEqual(["webhook.create", "webhook.update"]);
    expect(JSON.parse(results[1]?.changes ?? "")).toMatchObject([{ path: "/events" }, { path: "/severities" }]);
    expect(JSON.stringify(results)).not.toContain("canary");
    const back = await admin.patch<Answered>(path, { severities: null, description: null });
    expect(back.body.data).toMatchObject({ severities: null, description: null, events: ["finding.*"] });
  });

  it("200: accounts are named by UUID or digits, and kept by UUID", async ({ expect }) => {
    const { org, admin, path } = await made();
    const ids = [await anAccount(org, "111122223333"), await anAccount(org, "444455556666")];
    const answer = await admin.patch<Answered>(path, { accountIds: ["444455556666", ids[0], "111122223333"] });
    expect(answer.body.data["accountIds"]).toEqual(ids.toSorted());
    await env.DB.prepare("DELETE FROM accounts WHERE org_id = ?1 AND id = ?2").bind(org.id, ids[0]).run();
    expect((await admin.patch(path, { description: "still" })).status).toBe(200);
  });

  it("400: accounts of others are as good as none; 404: a webhook of others", async ({ expect }) => {
    const { admin, path } = await made();
    const stranger = await makeOrg();
    const foreign = await anAccount(stranger, "777788889999");
    for (const accountIds of [[foreign], ["777788889999"], [newId()]]) {
      expect((await admin.patch(path, { accountIds })).status).toBe(400);
      expect((await admin.post("/webhooks", { url, events: ["*"], accountIds })).status).toBe(400);
    }
    expect((await api(stranger.keys.admin).patch(path, { description: "x" })).status).toBe(404);
  });

  it("400: what the patch makes of it must be valid", async ({ expect }) => {
    const { admin, path } = await made();
    const patches = [
      { events: null },
      { events: [] },
      { events: ["finding.invented"] },
      { severities: [] },
      { severities: ["grave"] },
      { accountIds: ["12"] },
      { status: "paused" },
      { url: null },
      { secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" },
      { failures: 0 },
      { kind: "slack" },
    ];
    for (const patch of patches) {
      const answer = await admin.patch<Answered>(path, patch);
      expect([answer.status, answer.body.code], JSON.stringify(patch)).toEqual([400, "INVALID_REQUEST"]);
    }
    expect((await admin.get<Answered>(path)).body.data["version"]).toBe(1);
  });

  it("412: only in the version the caller read", async ({ expect }) => {
    const { admin, path } = await made();
    const [first, second] = await Promise.all(
      ["a", "b"].map((description) => admin.patch<Answered>(path, { description }, { "If-Match": '"1"' })),
    );
    expect([first?.status, second?.status].toSorted()).toEqual([200, 412]);
    expect([first, second].find((answer) => answer?.status === 412)?.body.currentVersion).toBe(2);
  });

  it("422: at every change the URL is looked at anew", async ({ expect }) => {
    const { admin, path } = await made();
    const events = ["*"];
    for (const [index, target] of forbidden.filter((target) => !isAdmittedHere(target)).entries()) {
      const answer =
        index % 2 === 0
          ? await admin.patch<Answered>(path, { url: target })
          : await admin.put<Answered>(path, { url: target, events });
      const blocked = answer.status === 422 && answer.body.code === "WEBHOOK_URL_BLOCKED";
      expect(blocked || answer.status === 400, `${target}: ${answer.status}`).toBe(true);
    }
    expect((await admin.get<Answered>(path)).body.data).toMatchObject({ url, version: 1 });
  });

  it("disabling ends what waits; enabling forgets failures and pause, and keeps when it was silent", async ({
    expect,
  }) => {
    const { org, admin, id, path } = await made();
    const soon = new Date(Date.now() + 1_200_000).toISOString();
    await env.DB.prepare(
      "UPDATE webhooks SET failures = 9, failing_since = ?2, warned = 2, busy_until = ?2 WHERE org_id = ?1",
    )
      .bind(org.id, soon)
      .run();
    await env.DB.prepare(
      `INSERT INTO deliveries (org_id, id, webhook_id, event_id, event, status, attempts, next_attempt_at, created_at, updated_at)
       VALUES (?1, ?2, ?3, 'e', 'scan.completed', 'pending', 1, ?4, ?4, ?4)`,
    )
      .bind(org.id, newId(), id, soon)
      .run();
    const off = await admin.patch<Answered>(path, { status: "disabled" });
    expect(off.body.data).toMatchObject({ status: "disabled", disabledReason: "Disabled by hand", failures: 9 });
    const disabledAt = off.body.data["disabledAt"];
    const delivery = await env.DB.prepare("SELECT status, next_attempt_at FROM deliveries WHERE org_id = ?1")
      .bind(org.id)
      .first();
    expect(delivery).toEqual({ status: "dead", next_attempt_at: null });
    expect((await admin.patch<Answered>(path, { description: "still" })).body.data["disabledAt"]).toBe(disabledAt);
    const on = await admin.patch<Answered>(path, { status: "enabled" });
    expect(on.body.data).toMatchObject({
      status: "enabled",
      disabledReason: null,
      disabledAt: null,
      failures: 0,
      failingSince: null,
    });
    const row = await rowOf(org, id);
    expect([row?.["busy_until"], row?.["warned"]]).toEqual([null, -1]);
    expect(JSON.parse(String(row?.["silences"]))).toEqual([[disabledAt, on.body.data["updatedAt"]]]);
    for (let round = 0; round < 22; round += 1) {
      await admin.patch(path, { status: "disabled" });
      await admin.patch(path, { status: "enabled" });
    }
    const silences = JSON.parse(String((await rowOf(org, id))?.["silences"])) as string[][];
    expect(silences).toHaveLength(20);
    expect(silences.flat()).toEqual(silences.flat().toSorted());
  });

  it("another URL begins without the failures of the former; a lease is left alone", async ({ expect }) => {
    const { org, admin, id, path } = await made();
    const lease = new Date(Date.now() + 30_000).toISOString();
    await env.DB.prepare("UPDATE webhooks SET failures = 9, failing_since = ?2, busy_until = ?2 WHERE org_id = ?1")
      .bind(org.id, lease)
      .run();
    expect((await admin.patch<Answered>(path, { description: "x" })).body.data["failures"]).toBe(9);
    const moved = await admin.patch<Answered>(path, { url: "https://other.example.com/in" });
    expect(moved.body.data).toMatchObject({ url: "https://other.example.com/in", failures: 0, failingSince: null });
    expect((await rowOf(org, id))?.["busy_until"]).toBe(lease);
  });
});

describe("PUT /webhooks/{id}", () => {
  it("200: what is not named is as if it had never been", async ({ expect }) => {
    const { admin, path } = await made({ description: "Pager", severities: ["high"], status: "disabled" });
    const answer = await admin.put<Answered>(path, { url, events: ["scan.*"] });
    expect(answer.status).toBe(200);
    expect(answer.body.data).toMatchObject({
      description: null,
      severities: null,
      accountIds: null,
      status: "enabled",
      events: ["scan.*"],
    });
    expect((await admin.put(path, { url })).status).toBe(400);
    expect((await admin.put(path, { url, events: ["*"] }, { "If-Match": '"1"' })).status).toBe(412);
  });

  it("200: what changes nothing makes no version and is not in the audit log, nor by PATCH", async ({ expect }) => {
    const { org, admin, path, shown } = await made({ description: "Pager" });
    const { events, description, severities, accountIds, status } = shown;
    const answers = [
      await admin.put<Answered>(path, { url, events, description, severities, accountIds, status }),
      await admin.patch<Answered>(path, { description: "Pager" }),
    ];
    for (const answer of answers) {
      expect([answer.status, answer.headers.get("etag")]).toEqual([200, '"1"']);
      expect(answer.body.data).toMatchObject(shown);
    }
    expect((await admin.patch(path, {}, { "If-Match": '"2"' })).status).toBe(412);
    const { results } = await env.DB.prepare("SELECT action FROM audit_log WHERE org_id = ?1").bind(org.id).all();
    expect(results).toEqual([{ action: "webhook.create" }]);
  });
});

describe("a channel", () => {
  it("404: is no webhook", async ({ expect }) => {
    const { org, admin, id, path } = await made();
    startReceiver();
    await env.DB.prepare("UPDATE webhooks SET kind = 'slack' WHERE org_id = ?1").bind(org.id).run();
    const deliveryId = newId();
    await env.DB.prepare(
      `INSERT INTO deliveries (org_id, id, webhook_id, event_id, event, status, attempts, created_at, updated_at)
       VALUES (?1, ?2, ?3, 'e', 'alert.triggered', 'dead', 1, 'x', 'x')`,
    )
      .bind(org.id, deliveryId, id)
      .run();
    const answers = [
      await admin.get(path),
      await admin.patch(path, { description: "x" }),
      await admin.put(path, { url, events: ["*"] }),
      await admin.delete(path),
      await admin.post(`${path}/secret/rotate`, {}),
      await admin.post(`${path}/test`, {}),
      await admin.post(`${path}/replay`, { since: "2026-01-01T00:00:00Z", status: "failed" }),
      await admin.get(`${path}/deliveries`),
      await admin.get(`${path}/deliveries/${deliveryId}`),
      await admin.post(`${path}/deliveries/${deliveryId}/redeliver`),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
    expect((await admin.get<{ data: unknown[] }>("/webhooks")).body.data).toEqual([]);
  });
});
