import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { makeKey } from "#db/key-format";
import { newId } from "#lib/id";
import { connectionOf } from "#objects/connection";
import { makeApiKey, makeOrg } from "../support/org.ts";
import { bearer, feedOf, knock, makeScan, open, pause, progress, types } from "./live.ts";

describe("who gets in", () => {
  it("a key in a header: ready, then the scans under way", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    await makeScan(org.id, "complete");
    const client = await open("/ws", bearer(org.keys.viewer));
    const { scan } = await client.next("sync");
    expect(types(client)).toEqual(["ready", "sync"]);
    expect(client.frames[0]).toEqual({
      type: "ready",
      connectionId: expect.any(String),
      protocol: "cloudglass.v1",
      eventId: 0,
    });
    expect(scan).toEqual({
      id: scanId,
      status: "running",
      percent: 0,
      accountId: expect.any(String),
      awsAccountId: "123456789012",
      startedAt: expect.any(String),
      completedAt: null,
      seq: 0,
    });
  });

  it("a key as the first message: nothing before it, ready after it", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    const client = await open(`/ws?org=${org.id}`);
    await feedOf(org.id).publish([progress(scanId, 5)]);
    await pause(100);
    expect(client.frames).toEqual([]);
    client.say({ type: "auth", token: org.keys.viewer });
    await client.next("sync");
    await feedOf(org.id).publish([progress(scanId, 10)]);
    await client.next("progress");
    expect(types(client)).toEqual(["ready", "sync", "progress"]);
  });

  it("one scan, whatever its state, in both ways", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id, "partial");
    const byHeader = await open(`/scans/${scanId}/ws`, { "X-API-Key": org.keys.viewer });
    const byMessage = await open(`/scans/${scanId}/ws`);
    byMessage.say({ type: "auth", token: org.keys.viewer });
    for (const client of [byHeader, byMessage]) {
      expect((await client.next("sync"))["scan"]).toMatchObject({ id: scanId, status: "partial", percent: 100 });
    }
  });

  it("no credential within the time limit: told so, and closed with 1008 when it has passed", async () => {
    const org = await makeOrg();
    const limitMs = Number(env.WEBSOCKET_AUTH_TIMEOUT_SECONDS) * 1_000;
    const startedAt = Date.now();
    const client = await open(`/ws?org=${org.id}`);
    const openedAt = Date.now();
    const [deadlineMs = 0] = await runInDurableObject(feedOf(org.id), (_, state) =>
      state.getWebSockets().map((socket) => connectionOf(socket)?.deadlineMs),
    );
    expect(deadlineMs).toBeGreaterThanOrEqual(startedAt + limitMs);
    expect(deadlineMs).toBeLessThanOrEqual(openedAt + limitMs);
    expect(await client.end()).toEqual({ code: 1008, reason: "auth_timeout" });
    expect(Date.now() - startedAt).toBeGreaterThan(limitMs * 0.8);
    expect(client.frames).toMatchObject([{ type: "error", code: "AUTH_TIMEOUT", reason: "auth_timeout" }]);
  });

  it("the time limit holds across a restart", async () => {
    const org = await makeOrg();
    const client = await open(`/ws?org=${org.id}`);
    await evictDurableObject(feedOf(org.id));
    await feedOf(org.id).publish([progress(newId(), 1)]);
    expect(await client.end()).toEqual({ code: 1008, reason: "auth_timeout" });
  });

  it("an organization nobody has asked about leaves nothing in storage", async () => {
    const id = newId();
    const client = await open(`/ws?org=${id}`);
    client.say({ type: "auth", token: makeKey() });
    expect((await client.end()).code).toBe(1008);
    expect(await runInDurableObject(feedOf(id), (_, state) => [...state.storage.kv.list()].length)).toBe(0);
  });

  it.each([
    ["malformed", () => "not-a-key"],
    ["unknown", () => makeKey()],
  ])("%s key: 1008 without a frame", async (_, key) => {
    const org = await makeOrg();
    const client = await open(`/ws?org=${org.id}`);
    client.say({ type: "auth", token: key() });
    expect(await client.end()).toEqual({ code: 1008, reason: "unauthorized" });
    expect(client.frames).toEqual([]);
  });

  it("a message that is not a credential: 1008 without a frame", async () => {
    const org = await makeOrg();
    for (const text of ['{"type":"resume","scanId":"x","seq":0}', "[]", "nonsense", '{"type":"auth"}']) {
      const client = await open(`/ws?org=${org.id}`);
      client.sayRaw(text);
      expect(await client.end()).toEqual({ code: 1008, reason: "unauthorized" });
      expect(client.frames).toEqual([]);
    }
  });

  it("a key of another organization, its scan, and a scan that is nowhere are refused in the same way", async () => {
    const [mine, theirs] = [await makeOrg(), await makeOrg()];
    const scanId = await makeScan(theirs.id);
    for (const path of [`/ws?org=${theirs.id}`, `/scans/${scanId}/ws`, `/scans/${newId()}/ws`, `/ws?org=${newId()}`]) {
      const client = await open(path);
      client.say({ type: "auth", token: mine.keys.admin });
      expect(await client.end()).toEqual({ code: 1008, reason: "unauthorized" });
      expect(client.frames).toEqual([]);
    }
    for (const id of [scanId, newId()]) {
      const client = await open(`/scans/${id}/ws`, bearer(mine.keys.admin));
      expect(await client.end()).toEqual({ code: 4004, reason: "scan_not_found" });
      expect(client.frames).toEqual([]);
    }
  });

  it("a key without the scope: 403, or 4003 when it came as a message", async () => {
    const org = await makeOrg();
    const { key } = await makeApiKey(org.id, { scopes: ["findings:read"] });
    const client = await open(`/ws?org=${org.id}`);
    client.say({ type: "auth", token: key });
    expect(await client.end()).toEqual({ code: 4003, reason: "forbidden" });
    expect((await knock("/ws", { Upgrade: "websocket", ...bearer(key) })).status).toBe(403);
  });

  it("a revoked key: refused although the caches still know it", async () => {
    const org = await makeOrg();
    await (await open("/ws", bearer(org.keys.viewer))).next("ready");
    await env.ORG_GATE.getByName(org.id).revoke(org.keyIds.viewer);
    expect((await knock("/ws", { Upgrade: "websocket", ...bearer(org.keys.viewer) })).status).toBe(401);
    const client = await open(`/ws?org=${org.id}`);
    client.say({ type: "auth", token: org.keys.viewer });
    expect(await client.end()).toEqual({ code: 1008, reason: "unauthorized" });
    expect(client.frames).toEqual([]);
  });

  it("an address pays for unknown keys only: not for good and revoked ones, however often they come", async () => {
    const org = await makeOrg();
    let address = { "CF-Connecting-IP": "203.0.113.77" };
    const end = async (token: string): Promise<string> => {
      const client = await open(`/ws?org=${org.id}`, address);
      client.say({ type: "auth", token });
      return (await client.end()).reason;
    };
    const revoked = await makeApiKey(org.id);
    await env.DB.prepare("UPDATE api_keys SET revoked_at = ?2 WHERE id = ?1")
      .bind(revoked.id, new Date().toISOString())
      .run();
    for (let count = 0; count < 16; count += 1) {
      expect(await end(revoked.key)).toBe("unauthorized");
      const client = await open(`/ws?org=${org.id}`, address);
      // Known to no cache.
      client.say({ type: "auth", token: (await makeApiKey(org.id)).key });
      await client.next("ready");
      client.cut();
    }
    expect(await end(makeKey())).toBe("unauthorized");
    address = { "CF-Connecting-IP": "203.0.113.78" };
    for (let count = 0; count < 30; count += 1) expect(await end(makeKey())).toBe("unauthorized");
    expect(await end(makeKey())).toBe("rate_limited");
    expect(await end((await makeApiKey(org.id)).key)).toBe("rate_limited");
  });

  it("429: an address pays for each socket without a credential before anything is looked up; with one it pays nothing", async () => {
    const org = await makeOrg();
    const address = { Upgrade: "websocket", "CF-Connecting-IP": "203.0.113.79" };
    const paths = [`/ws?org=${org.id}`, `/scans/${newId()}/ws`];
    const statuses = await Promise.all(
      Array.from({ length: 70 }, async (_, n) => (await knock(paths[n % 2] ?? "", address)).status),
    );
    expect(statuses.filter((status) => status === 101).length).toBe(60);
    expect(statuses.filter((status) => status === 429).length).toBe(10);
    for (const path of paths) {
      const refused = await knock(path, address);
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
      expect(await refused.json()).toMatchObject({ code: "RATE_LIMITED", "violated-policies": ["ws-connect"] });
    }
    await (await open("/ws", { ...address, ...bearer(org.keys.viewer) })).next("ready");
    await (await open(paths[0] ?? "")).next("error");
  });

  it("strangers consume nothing of the organization's limit", async () => {
    const org = await makeOrg();
    for (let count = 0; count < 10; count += 1) {
      const client = await open(`/ws?org=${org.id}`);
      client.say({ type: "auth", token: makeKey() });
      await client.end();
    }
    const { windows } = await env.ORG_GATE.getByName(org.id).admit({
      credentialId: "x",
      group: null,
      nowMs: Date.now(),
    });
    expect(windows[1]).toMatchObject({ name: "org", remaining: 999 });
  });
});

describe("the address", () => {
  it("426 with `Upgrade: websocket` for a plain GET", async () => {
    for (const path of ["/ws", `/scans/${newId()}/ws`]) {
      const response = await knock(path);
      expect(response.status).toBe(426);
      expect(response.headers.get("Upgrade")).toBe("websocket");
      expect(await response.json()).toMatchObject({ code: "UPGRADE_REQUIRED" });
    }
  });

  it("400 for a key in the URL, wherever in it", async () => {
    for (const name of ["token", "ticket", "key"]) {
      const response = await knock(`/ws?${name}=${makeKey()}`, { Upgrade: "websocket" });
      expect(response.status).toBe(400);
    }
  });

  it("403 for a foreign origin; an allowed one gets in", async () => {
    const org = await makeOrg();
    const headers = { Upgrade: "websocket", ...bearer(org.keys.viewer) };
    for (const Origin of ["https://evil.example", "https://app.example.com.evil.example", "null"]) {
      expect((await knock("/ws", { ...headers, Origin })).status).toBe(403);
    }
    expect((await knock("/ws", { ...headers, Origin: "https://app.example.com" })).status).toBe(101);
  });

  it("401 without a credential and without an organization; 400 when that is no id", async () => {
    expect((await knock("/ws", { Upgrade: "websocket" })).status).toBe(401);
    expect((await knock("/ws?org=x", { Upgrade: "websocket" })).status).toBe(400);
  });

  it("believes none of the headers that the Worker itself writes", async () => {
    const org = await makeOrg();
    const client = await open(`/ws?org=${org.id}`, {
      "x-cloudglass-auth": "header",
      "x-cloudglass-credential": org.keyIds.admin,
      "x-cloudglass-shard": "0",
    });
    expect((await client.end()).reason).toBe("auth_timeout");
  });
});
