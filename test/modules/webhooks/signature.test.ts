import { createHmac } from "node:crypto";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, it, vi } from "vitest";
import { newWebhookSecret, standardSignature, webhookKey } from "#lib/standard-webhook";
import { startReceiver } from "../../support/receiver.ts";
import { newWorld } from "./world.ts";

afterEach(() => vi.restoreAllMocks());

const headerNames = ["webhook-id", "webhook-timestamp", "webhook-signature"] as const;

const verifies = (secret: string, body: string, headers: Readonly<Record<string, string>>): boolean => {
  try {
    new Webhook(secret).verify(body, headers, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
};

/** What a receiver got of one delivered event. */
async function delivered() {
  const world = await newWorld();
  const receiver = startReceiver();
  const { webhook, secret } = await world.webhook({ events: ["finding.*"] });
  const data = { findings: [{ title: "Offener Eimer – „prod“ \u0001 \ud83e\udea3" }] };
  const eventId = await world.tell(["finding.critical", "finding.opened"], data);
  await world.drain();
  const [request] = receiver.received;
  if (!request) throw new Error("Nothing came");
  const headers = Object.fromEntries(headerNames.map((name) => [name, request.headers.get(name) ?? ""]));
  return { world, webhook, secret, data, eventId, request, headers };
}

describe("a signed delivery", () => {
  it("is what Standard Webhooks' own package accepts, with the headers and body promised", async ({ expect }) => {
    const { world, secret, data, eventId, request, headers } = await delivered();
    expect(verifies(secret, request.body, headers)).toBe(true);
    expect(headers["webhook-id"]).toBe(`msg_${eventId}`);
    expect(headers["webhook-id"]).not.toContain(".");
    const body = JSON.parse(request.body) as Record<string, unknown>;
    expect(Object.keys(body)).toEqual(["id", "event", "createdAt", "organizationId", "data"]);
    expect(body).toMatchObject({ id: `msg_${eventId}`, event: "finding.critical", organizationId: world.orgId, data });
    expect(body["createdAt"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const [row] = await world.rows<{ id: string }>("SELECT id FROM deliveries WHERE org_id = ?1");
    expect(request.headers.get("x-cloudglass-delivery")).toBe(row?.id);
    expect(request.headers.get("x-cloudglass-event")).toBe("finding.critical");
    expect(request.headers.get("content-type")).toBe("application/json");
    expect(request.headers.get("user-agent")).toMatch(/^Cloudglass/);
    expect(request.headers.get("x-request-id")).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
    expect(request.redirect).toBe("manual");
    expect(request.signal).toBeInstanceOf(AbortSignal);
  });

  it("carries the hex HMAC of the raw body, keyed by the secret's bytes", async ({ expect }) => {
    const { secret, request } = await delivered();
    const key = Buffer.from(secret.replace("whsec_", ""), "base64");
    const expected = createHmac("sha256", key).update(request.body).digest("hex");
    expect(request.headers.get("x-cloudglass-signature")).toBe(`sha256=${expected}`);
  });

  it("does not verify after any of 1,000 changes", async () => {
    const { secret, request, headers } = await delivered();
    const change = fc.tuple(
      fc.constantFrom("body", ...headerNames),
      fc.nat(),
      fc.integer({ min: 1, max: 0x7e }),
      fc.constantFrom("set", "cut", "add"),
    );
    fc.assert(
      fc.property(change, ([part, at, code, how]) => {
        const before = part === "body" ? request.body : (headers[part] ?? "");
        const index = at % before.length;
        const old = before.charCodeAt(index);
        const letter = String.fromCharCode(old === code ? code + 1 : code);
        const middle = { set: letter, cut: "", add: letter + before.charAt(index) }[how];
        const after = before.slice(0, index) + middle + before.slice(index + 1);
        if (after.trim() === before || sameSignature(part, before, after)) return true;
        return part === "body"
          ? !verifies(secret, after, headers)
          : !verifies(secret, request.body, { ...headers, [part]: after });
      }),
      { numRuns: 1_000 },
    );
  });

  it("does not verify with another webhook's secret", async ({ expect }) => {
    const { request, headers } = await delivered();
    for (let round = 0; round < 20; round += 1) expect(verifies(newWebhookSecret(), request.body, headers)).toBe(false);
  });
});

/** What a receiver may read as the same: a number with another spelling, or text around an intact signature. */
function sameSignature(part: string, before: string, after: string): boolean {
  if (part === "webhook-timestamp") return Number.parseInt(after, 10) === Number.parseInt(before, 10);
  return part === "webhook-signature" && after.split(" ").includes(before);
}

describe("the signing itself", () => {
  it("gives the specification's own example", async ({ expect }) => {
    const key = webhookKey("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    if (!key) throw new Error("The example's secret is not read");
    const message = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: '{"test": 2432232314}' };
    expect(await standardSignature(key, message)).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  });

  it("takes secrets of 24 to 64 bytes only", ({ expect }) => {
    const secretOf = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 7).toString("base64")}`;
    for (const bytes of [24, 32, 64]) expect(webhookKey(secretOf(bytes))).toHaveLength(bytes);
    for (const wrong of [secretOf(23), secretOf(65), secretOf(32).slice(6), "whsec_", "whsec_!!!", "", "secret"]) {
      expect(webhookKey(wrong), wrong).toBeNull();
    }
    expect(webhookKey(newWebhookSecret())).toHaveLength(32);
  });
});
