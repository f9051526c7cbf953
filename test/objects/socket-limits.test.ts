import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { makeKey } from "#db/key-format";
import { newId } from "#lib/id";
import { makeApiKey, makeOrg } from "../support/org.ts";
import {
  bearer,
  complete,
  feedOf,
  findings,
  keepFrames,
  makeScan,
  open,
  openSockets,
  pause,
  progress,
  seqOf,
  types,
  type Client,
  type Frame,
} from "./live.ts";

describe("what a socket may say", () => {
  it("anything else: told so, and the socket stays", async () => {
    const org = await makeOrg();
    const client = await open("/ws", bearer(org.keys.viewer));
    for (const text of ["nonsense", "[]", '{"type":"subscribe"}', `{"type":"resume","scanId":"${newId()}","seq":-1}`]) {
      client.frames.length = 0;
      client.sayRaw(text);
      expect(await client.next("error")).toMatchObject({
        type: "error",
        code: "INVALID_MESSAGE",
        reason: "invalid_message",
        problem: { status: 400, type: expect.stringMatching(/^https:\/\/[^/]+\/problems\/invalid-request$/) },
      });
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

  it("a revoked credential's sockets close at once, also after a restart", async () => {
    const org = await makeOrg();
    const clients = [await open("/ws", bearer(org.keys.viewer)), await open(`/ws?org=${org.id}`)];
    clients[1]?.say({ type: "auth", token: org.keys.viewer });
    const other = await open("/ws", bearer(org.keys.admin));
    await Promise.all([...clients, other].map((client) => client.next("ready")));
    await evictDurableObject(feedOf(org.id));
    await env.ORG_GATE.getByName(org.id).revoke(org.keyIds.viewer);
    expect(await feedOf(org.id).closeCredential(org.keyIds.viewer)).toBe(2);
    for (const client of clients) {
      expect(await client.end()).toEqual({ code: 1008, reason: "revoked" });
      expect(client.frames.at(-1)).toEqual({ type: "closing", code: 1008, reason: "revoked" });
    }
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
    const endsAt = Date.now() + 3_600_000;
    const { key } = await makeApiKey(org.id, { expiresAt: new Date(endsAt).toISOString() });
    const client = await open("/ws", bearer(key));
    await client.next("ready");
    vi.useFakeTimers({ toFake: ["Date"], now: endsAt });
    try {
      expect(await feedOf(org.id).publish([progress(newId(), 1)])).toBe(0);
    } finally {
      vi.useRealTimers();
    }
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
    const keys = await runInDurableObject(feedOf(org.id), (_, state) =>
      [...state.storage.kv.list()].map(([key]) => key),
    );
    expect(keys.filter((key) => key.startsWith("feed:"))).toHaveLength(51);
    expect(keys.filter((key) => key.startsWith("frame:"))).toHaveLength(101);
    expect(keys).toContain(`feed:${running}`);
  });

  it("scans that ended last are kept, whenever they began; nothing is taken of one that is no longer kept", async () => {
    const org = await makeOrg();
    const [first, second] = [newId(), newId()];
    await keepFrames(org.id, [progress(first, 50), findings(second), complete(second)]);
    await pause(2);
    await keepFrames(
      org.id,
      Array.from({ length: 49 }, () => complete(newId())),
    );
    await keepFrames(org.id, [complete(first), complete(newId())]);
    const client = await open("/ws", bearer(org.keys.viewer));
    await client.next("ready");
    expect([await seqOf(org.id, first), await seqOf(org.id, second)]).toEqual([2, 0]);
    expect(await feedOf(org.id).publish([progress(second, 60), findings(second), progress(first, 60)])).toBe(0);
    await pause(250);
    expect(client.frames.map(({ type }) => type)).toEqual(["ready"]);
    expect([await seqOf(org.id, first), await seqOf(org.id, second)]).toEqual([2, 0]);
  });

  it("nothing of a scan that was deleted", async () => {
    const org = await makeOrg();
    const scanId = newId();
    await feedOf(org.id).publish([progress(scanId, 1), findings(scanId), progress(scanId, 2)]);
    await feedOf(org.id).deleteScan(scanId);
    const kept = await runInDurableObject(feedOf(org.id), (_, state) =>
      [...state.storage.kv.list()].map(([key]) => key),
    );
    expect(kept).toEqual(["lastEventId"]);
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
