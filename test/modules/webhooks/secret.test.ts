import { createHmac } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, it, vi } from "vitest";
import { newWebhookSecret } from "#lib/standard-webhook";
import { rotateSecret } from "../../../src/modules/webhooks/rotate.ts";
import { api } from "../../support/api.ts";
import { makeOrg } from "../../support/org.ts";
import { startReceiver, type Received } from "../../support/receiver.ts";
import { newWorld } from "./world.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const hourMs = 3_600_000;

function verifies(secret: string, { body, headers }: Received): boolean {
  try {
    new Webhook(secret).verify(body, Object.fromEntries(headers));
    return true;
  } catch {
    return false;
  }
}

const bodyHmac = (secret: string, body: string): string =>
  `sha256=${createHmac("sha256", Buffer.from(secret.slice(6), "base64"))
    .update(body)
    .digest("hex")}`;

describe("rotation of a secret", () => {
  it("signs with both, the new one first, until the former ends, and drops the oldest", async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const world = await newWorld();
    const receiver = startReceiver();
    const { webhook, secret: first } = await world.webhook();
    const rotate = (overlapHours: number) =>
      rotateSecret(world.org(), { id: webhook.id, ifMatch: null }, { overlapHours });
    const told = async () => {
      await world.tell();
      await world.drain();
      const request = receiver.received.at(-1);
      if (!request) throw new Error("Nothing came");
      return request;
    };
    const second = (await rotate(24)).secret;
    const both = await told();
    expect(both.headers.get("webhook-signature")?.split(" ")).toHaveLength(2);
    expect(both.headers.get("x-cloudglass-signature")).toBe(
      `${bodyHmac(second, both.body)} ${bodyHmac(first, both.body)}`,
    );
    expect([first, second].map((secret) => verifies(secret, both))).toEqual([true, true]);

    vi.setSystemTime(Date.now() + 20 * hourMs);
    const third = (await rotate(24)).secret;
    const later = await told();
    expect([first, second, third].map((secret) => verifies(secret, later))).toEqual([false, true, true]);

    vi.setSystemTime(Date.now() + 24 * hourMs - 1);
    expect(verifies(second, await told())).toBe(true);
    vi.setSystemTime(Date.now() + 1);
    const alone = await told();
    expect([second, third].map((secret) => verifies(secret, alone))).toEqual([false, true]);
    expect(alone.headers.get("webhook-signature")).toMatch(/^v1,[^ ]+$/);
    const [row] = await world.rows("SELECT previous_secret, previous_until FROM webhooks WHERE org_id = ?1");
    expect(row).toEqual({ previous_secret: null, previous_until: null });

    const fourth = (await rotate(0)).secret;
    const abrupt = await told();
    expect([third, fourth].map((secret) => verifies(secret, abrupt))).toEqual([false, true]);
  });

  it("200: shows the new secret once, takes one's own, and says until when the former holds", async ({ expect }) => {
    const org = await makeOrg();
    const admin = api(org.keys.admin);
    type Shown = {
      readonly data: { readonly id: string; readonly secret?: string; readonly previousSecretExpiresAt: string | null };
    };
    const made = await admin.post<Shown>("/webhooks", { url: "https://hooks.example.com/in", events: ["*"] });
    const path = `/webhooks/${made.body.data.id}`;
    const own = newWebhookSecret();
    const rotated = await admin.post<Shown>(
      `${path}/secret/rotate`,
      { secret: own, overlapHours: 2 },
      { "If-Match": '"1"' },
    );
    expect([rotated.status, rotated.headers.get("etag"), rotated.body.data.secret]).toEqual([200, '"2"', own]);
    const untilMs = Date.parse(rotated.body.data.previousSecretExpiresAt ?? "") - Date.now();
    expect(untilMs).toBeGreaterThan(1.9 * hourMs);
    expect(untilMs).toBeLessThanOrEqual(2 * hourMs);
    const read = await admin.get<Shown>(path);
    expect(read.body.data).not.toHaveProperty("secret");
    expect(read.body.data.previousSecretExpiresAt).toBe(rotated.body.data.previousSecretExpiresAt);
    expect((await admin.post(`${path}/secret/rotate`, {}, { "If-Match": '"1"' })).status).toBe(412);
    for (const wrong of [
      { overlapHours: 25 },
      { overlapHours: -1 },
      { overlapHours: 1.5 },
      { secret: "short" },
      { hours: 1 },
    ])
      expect((await admin.post(`${path}/secret/rotate`, wrong)).status, JSON.stringify(wrong)).toBe(400);
    const key = { "Idempotency-Key": "rotate-once" };
    const [once, twice] = [
      await admin.post<Shown>(`${path}/secret/rotate`, {}, key),
      await admin.post<Shown>(`${path}/secret/rotate`, {}, key),
    ];
    expect(twice.body).toEqual(once.body);
    const audit = await admin.get<{ data: { action: string; changes: unknown }[] }>(
      "/audit-log?action=webhook.rotate_secret",
    );
    expect(audit.body.data).toHaveLength(2);
    for (const { data } of [made.body, rotated.body, once.body])
      expect(audit.text).not.toContain((data.secret ?? "").slice("whsec_".length, -1));
  });
});
