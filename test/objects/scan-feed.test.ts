import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { makeKey } from "#db/key-format";
import { newId } from "#lib/id";
import { makeApiKey, makeOrg } from "../support/org.ts";
import { bearer, complete, feedOf, knock, makeScan, open, openSockets, progress, setScanStatus, type Client, type Frame } from "./live.ts";

const numbers = (client: Client): unknown[] => client.frames.flatMap(({ seq }) => (seq === undefined ? [] : [seq]));
const types = (client: Client): string[] => client.frames.map(({ type }) => type);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("who gets in", () => {
  it("a key in a header: ready, then the scans under way", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    await makeScan(org.id, "complete");
    const client = await open("/ws", bearer(org.keys.viewer));
    const { scan } = await client.next("sync");
    expect(types(client)).toEqual(["ready", "sync"]);
    expect(client.frames[0]).toEqual({ type: "ready", connectionId: expect.any(String), protocol: "cloudglass.v1" });
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

  it("no credential within the time limit: told so, and closed with 1008 after 1.0 ± 0.2 s", async () => {
    const org = await makeOrg();
    const startedAt = Date.now();
    const client = await open(`/ws?org=${org.id}`);
    expect(await client.end()).toEqual({ code: 1008, reason: "auth_timeout" });
    const seconds = (Date.now() - startedAt) / 1000;
    expect(seconds).toBeGreaterThan(0.8);
    expect(seconds).toBeLessThan(1.2);
    expect(client.frames).toEqual([{ type: "error", code: "AUTH_TIMEOUT", reason: "auth_timeout" }]);
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

  it("strangers consume nothing of the organization's limit", async () => {
    const org = await makeOrg();
    for (let count = 0; count < 10; count += 1) {
      const client = await open(`/ws?org=${org.id}`);
      client.say({ type: "auth", token: makeKey() });
      await client.end();
    }
    const { windows } = await env.ORG_GATE.getByName(org.id).admit({ credentialId: "x", group: null, nowMs: Date.now() });
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

describe("what a socket gets", () => {
  it("frames of its organization only, and of its scan only", async () => {
    const [mine, theirs] = [await makeOrg(), await makeOrg()];
    const [first, second, foreign] = [await makeScan(mine.id), await makeScan(mine.id), await makeScan(theirs.id)];
    const all = await open("/ws", bearer(mine.keys.viewer));
    const one = await open(`/scans/${first}/ws`, bearer(mine.keys.viewer));
    await feedOf(theirs.id).publish([progress(foreign, 50)]);
    expect(await feedOf(mine.id).publish([progress(first, 10), progress(second, 20)])).toBe(2);
    await feedOf(mine.id).publish([complete(second), complete(first)]);
    await Promise.all([all.next("complete"), one.next("complete")]);
    const scansOf = (client: Client): Set<unknown> => new Set(client.frames.flatMap(({ scanId }) => (scanId ? [scanId] : [])));
    expect(scansOf(all)).toEqual(new Set([first, second]));
    expect(scansOf(one)).toEqual(new Set([first]));
  });

  it("seq strictly increases and percent never falls, also across restarts; nothing follows the end", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    const client = await open("/ws", bearer(org.keys.viewer));
    await client.next("sync");
    for (const percent of [10, 30, 20, 60, 40, 90]) {
      await feedOf(org.id).publish([progress(scanId, percent)]);
      await evictDurableObject(feedOf(org.id));
    }
    await feedOf(org.id).publish([complete(scanId), complete(scanId), progress(scanId, 95)]);
    await feedOf(org.id).publish([progress(scanId, 99)]);
    await client.next("complete");
    await pause(50);
    expect(numbers(client)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(client.frames.flatMap(({ percent }) => (percent === undefined ? [] : [percent]))).toEqual([10, 30, 30, 60, 60, 90]);
    expect(client.frames.at(-1)).toEqual({ ...complete(scanId), seq: 7 });
  });

  it("a restart in the middle of a scan closes no socket", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    const client = await open(`/ws?org=${org.id}`);
    client.say({ type: "auth", token: org.keys.viewer });
    await client.next("sync");
    await evictDurableObject(feedOf(org.id));
    expect(await feedOf(org.id).publish([progress(scanId, 10)])).toBe(1);
    await client.next("progress");
    await evictDurableObject(feedOf(org.id));
    client.say({ type: "resume", scanId, seq: 0 });
    await expect.poll(() => numbers(client)).toEqual([1, 1]);
    expect(client.closed()).toBeNull();
  });

  it("what is published while a socket is let in is neither lost nor twice", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    for (let round = 0; round < 20; round += 1) {
      const opened = open(`/scans/${scanId}/ws`, bearer(org.keys.admin));
      for (let percent = 0; percent < 4; percent += 1) await feedOf(org.id).publish([progress(scanId, round * 4 + percent)]);
      const client = await opened;
      const total = (round + 1) * 4;
      const { scan } = await client.next("sync");
      const { seq } = scan as { seq: number };
      await expect.poll(() => numbers(client)).toEqual(Array.from({ length: total - seq }, (_, index) => seq + 1 + index));
      client.cut();
    }
  });

  it("a ping is answered, without waking the object when it is written as we write it", async () => {
    const org = await makeOrg();
    const client = await open("/ws", bearer(org.keys.viewer));
    await client.next("ready");
    client.sayRaw('{"type":"ping"}');
    await client.next("pong");
    client.sayRaw('{ "type": "ping" }');
    await expect.poll(() => types(client)).toEqual(["ready", "pong", "pong"]);
  });
});

describe("resume", () => {
  it("the frames after the number, in order", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    await feedOf(org.id).publish([1, 2, 3, 4, 5].map((percent) => progress(scanId, percent)));
    const client = await open("/ws", bearer(org.keys.viewer));
    expect((await client.next("sync"))["scan"]).toMatchObject({ percent: 5, seq: 5 });
    client.say({ type: "resume", scanId, seq: 2 });
    await expect.poll(() => numbers(client)).toEqual([3, 4, 5]);
  });

  it("the last 200 frames are kept; who is further behind gets the state", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    const client = await open("/ws", bearer(org.keys.viewer));
    await client.next("sync");
    await feedOf(org.id).publish(Array.from({ length: 250 }, (_, index) => progress(scanId, index / 3)));
    await expect.poll(() => numbers(client).length).toBe(250);
    client.frames.length = 0;
    client.say({ type: "resume", scanId, seq: 49 });
    expect((await client.next("sync"))["scan"]).toMatchObject({ id: scanId, seq: 250 });
    expect(numbers(client)).toEqual([]);
    client.say({ type: "resume", scanId, seq: 50 });
    await expect.poll(() => numbers(client)).toEqual(Array.from({ length: 200 }, (_, index) => 51 + index));
  });

  it("after a cut at any frame the same end is reached, seq strictly increasing", async () => {
    const org = await makeOrg();
    const frames = 12;
    for (let cutAfter = 0; cutAfter <= frames; cutAfter += 1) {
      const scanId = await makeScan(org.id);
      const before = await open(`/scans/${scanId}/ws`, bearer(org.keys.viewer));
      await before.next("sync");
      for (let count = 1; count <= cutAfter; count += 1) await feedOf(org.id).publish([progress(scanId, count * 8)]);
      await expect.poll(() => numbers(before).length).toBe(cutAfter);
      before.cut();
      for (let count = cutAfter + 1; count <= frames; count += 1) await feedOf(org.id).publish([progress(scanId, count * 8)]);
      await setScanStatus(scanId, "complete");
      await feedOf(org.id).publish([complete(scanId)]);
      if (cutAfter % 3 === 0) await evictDurableObject(feedOf(org.id));
      const after = await open(`/scans/${scanId}/ws`, bearer(org.keys.viewer));
      expect((await after.next("sync"))["scan"]).toMatchObject({ status: "complete", percent: 100, seq: frames + 1 });
      after.say({ type: "resume", scanId, seq: cutAfter });
      expect(await after.next("complete")).toEqual({ ...complete(scanId), seq: frames + 1 });
      expect([...numbers(before), ...numbers(after)]).toEqual(Array.from({ length: frames + 1 }, (_, index) => index + 1));
      after.cut();
    }
  });

  it("the end is told although its frame was never published", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    const client = await open("/ws", bearer(org.keys.viewer));
    await client.next("sync");
    await feedOf(org.id).publish([progress(scanId, 50)]);
    await setScanStatus(scanId, "partial");
    client.say({ type: "resume", scanId, seq: 1 });
    await expect.poll(() => client.frames.at(-1)).toMatchObject({ type: "sync", scan: { status: "partial", percent: 100 } });
    expect(await runDurableObjectAlarm(feedOf(org.id))).toBe(true);
    expect(await client.next("complete")).toEqual({ ...complete(scanId), status: "partial", seq: 2 });
    expect(await runDurableObjectAlarm(feedOf(org.id))).toBe(false);
  });

  it("a scan of nobody, or of somebody else, is not found", async () => {
    const [mine, theirs] = [await makeOrg(), await makeOrg()];
    const client = await open("/ws", bearer(mine.keys.viewer));
    for (const scanId of [newId(), await makeScan(theirs.id)]) {
      client.frames.length = 0;
      client.say({ type: "resume", scanId, seq: 0 });
      expect(await client.next("error")).toMatchObject({ code: "RESOURCE_NOT_FOUND" });
    }
  });
});

describe("what a socket may say", () => {
  it("anything else: told so, and the socket stays", async () => {
    const org = await makeOrg();
    const client = await open("/ws", bearer(org.keys.viewer));
    for (const text of ["nonsense", "[]", '{"type":"subscribe"}', `{"type":"resume","scanId":"${newId()}","seq":-1}`]) {
      client.frames.length = 0;
      client.sayRaw(text);
      expect(await client.next("error")).toEqual({ type: "error", code: "INVALID_MESSAGE", reason: "invalid_message" });
    }
    expect(client.closed()).toBeNull();
  });

  it("more than 4 KiB: 1009, before and after the credential", async () => {
    const org = await makeOrg();
    const clients = [await open("/ws", bearer(org.keys.viewer)), await open(`/ws?org=${org.id}`)];
    for (const client of clients) {
      client.sayRaw("ä".repeat(2_049));
      expect((await client.end()).code).toBe(1009);
    }
    expect(clients[1]?.frames).toEqual([]);
  });

  it("what follows the credential waits for its outcome", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    await feedOf(org.id).publish([progress(scanId, 5)]);
    const client = await open(`/ws?org=${org.id}`);
    client.say({ type: "auth", token: org.keys.viewer });
    client.say({ type: "resume", scanId, seq: 0 });
    await client.next("progress");
    expect(types(client)).toEqual(["ready", "sync", "progress"]);
  });

  it("too much while its credential is being checked: 1008", async () => {
    const org = await makeOrg();
    const client = await open(`/ws?org=${org.id}`);
    client.say({ type: "auth", token: makeKey() });
    for (let count = 0; count < 100; count += 1) client.say({ type: "resume", scanId: newId(), seq: 0 });
    expect((await client.end()).code).toBe(1008);
    expect(client.frames).toEqual([]);
  });
});

describe("who has to go", () => {
  it("the fourth socket of a credential sends the first away with 1001; other credentials stay", async () => {
    const org = await makeOrg();
    const other = await open("/ws", bearer(org.keys.admin));
    const clients: Client[] = [];
    for (let count = 0; count < 5; count += 1) {
      const client = count % 2 === 0 ? await open("/ws", bearer(org.keys.viewer)) : await open(`/ws?org=${org.id}`);
      if (count % 2 === 1) client.say({ type: "auth", token: org.keys.viewer });
      await client.next("ready");
      clients.push(client);
    }
    for (const client of clients.slice(0, 2)) {
      expect(await client.end()).toEqual({ code: 1001, reason: "newer_connection" });
      expect(client.frames.at(-1)).toEqual({ type: "closing", code: 1001, reason: "newer_connection" });
    }
    expect([...clients.slice(2), other].map((client) => client.closed())).toEqual([null, null, null, null]);
    expect(await openSockets(org.id)).toBe(4);
  });

  it("a revoked credential's sockets close within a second, also after a restart", async () => {
    const org = await makeOrg();
    const clients = [await open("/ws", bearer(org.keys.viewer)), await open(`/ws?org=${org.id}`)];
    clients[1]?.say({ type: "auth", token: org.keys.viewer });
    const other = await open("/ws", bearer(org.keys.admin));
    await Promise.all([...clients, other].map((client) => client.next("ready")));
    await evictDurableObject(feedOf(org.id));
    const startedAt = Date.now();
    await env.ORG_GATE.getByName(org.id).revoke(org.keyIds.viewer);
    expect(await feedOf(org.id).closeCredential(org.keyIds.viewer)).toBe(2);
    for (const client of clients) {
      expect(await client.end()).toEqual({ code: 1008, reason: "revoked" });
      expect(client.frames.at(-1)).toEqual({ type: "closing", code: 1008, reason: "revoked" });
    }
    expect(Date.now() - startedAt).toBeLessThan(1_000);
    expect(await feedOf(org.id).publish([progress(newId(), 1)])).toBe(1);
    expect(other.closed()).toBeNull();
  });

  it("a revocation while the socket is let in lets no socket stay", async () => {
    for (let round = 0; round < 10; round += 1) {
      const org = await makeOrg();
      const client = await open(`/ws?org=${org.id}`);
      client.say({ type: "auth", token: org.keys.viewer });
      await pause(round);
      await env.ORG_GATE.getByName(org.id).revoke(org.keyIds.viewer);
      await feedOf(org.id).closeCredential(org.keyIds.viewer);
      expect((await client.end()).code).toBe(1008);
    }
  });

  it("a credential that was revoked without our being told is found while a scan runs", async () => {
    const org = await makeOrg();
    await makeScan(org.id);
    const client = await open("/ws", bearer(org.keys.viewer));
    await client.next("sync");
    await env.ORG_GATE.getByName(org.id).revoke(org.keyIds.viewer);
    await runDurableObjectAlarm(feedOf(org.id));
    expect(await client.end()).toEqual({ code: 1008, reason: "revoked" });
  });

  it("a credential that has expired gets no further frame", async () => {
    const org = await makeOrg();
    const { key } = await makeApiKey(org.id, { expiresAt: new Date(Date.now() + 400).toISOString() });
    const client = await open("/ws", bearer(key));
    await client.next("ready");
    await pause(450);
    expect(await feedOf(org.id).publish([progress(newId(), 1)])).toBe(0);
    expect(await client.end()).toEqual({ code: 4001, reason: "credential_expired" });
    expect(types(client)).toEqual(["ready", "closing"]);
  });
});

describe("what is kept", () => {
  it("frames of the last 50 scans that have ended; those under way lose none", async () => {
    const org = await makeOrg();
    const running = newId();
    await feedOf(org.id).publish([progress(running, 1)]);
    for (let count = 0; count < 60; count += 1) {
      const scanId = newId();
      await feedOf(org.id).publish([progress(scanId, 50), complete(scanId)]);
    }
    const keys = await runInDurableObject(feedOf(org.id), (_, state) => [...state.storage.kv.list()].map(([key]) => key));
    expect(keys.filter((key) => key.startsWith("feed:"))).toHaveLength(51);
    expect(keys.filter((key) => key.startsWith("frame:"))).toHaveLength(101);
    expect(keys).toContain(`feed:${running}`);
  });

  it("nothing of a scan that was deleted", async () => {
    const org = await makeOrg();
    const scanId = newId();
    await feedOf(org.id).publish([progress(scanId, 1), progress(scanId, 2)]);
    await feedOf(org.id).deleteScan(scanId);
    expect(await runInDurableObject(feedOf(org.id), (_, state) => [...state.storage.kv.list()].length)).toBe(0);
  });
});

describe("the feed's speed", () => {
  it("one frame to 300 sockets", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    const keys = await Promise.all(Array.from({ length: 100 }, () => makeApiKey(org.id)));
    const clients: Client[] = [];
    for (const { key } of keys) {
      for (let count = 0; count < 3; count += 1) clients.push(await open("/ws", bearer(key)));
    }
    const startedAt = performance.now();
    expect(await feedOf(org.id).publish([progress(scanId, 50)])).toBe(300);
    await Promise.all(clients.map((client): Promise<Frame> => client.next("progress")));
    console.warn(`feed: ${(performance.now() - startedAt).toFixed(0)} ms for one frame to 300 sockets`);
  });
});
