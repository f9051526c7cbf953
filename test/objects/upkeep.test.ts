import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newMeter, orgDatabase } from "#db/database";
import { readScanRecords } from "#db/frames";
import { newId } from "#lib/id";
import { connectionOf } from "#objects/connection";
import { feedOf as feedInStore } from "#objects/frame-store";
import { SharedRead } from "#objects/shared-read";
import { makeApiKey, makeOrg } from "../support/org.ts";
import {
  bearer,
  complete,
  feedOf,
  findings,
  keepFrames,
  makeScan,
  numbers,
  open,
  openSockets,
  progress,
  setScanStatus,
  types,
} from "./live.ts";

const alarmInMs = (orgId: string): Promise<number> =>
  runInDurableObject(feedOf(orgId), async (_, state) => ((await state.storage.getAlarm()) ?? 0) - Date.now());

/** Makes sockets believe that they have said nothing for so long. */
async function age(orgId: string, ms: number): Promise<void> {
  await runInDurableObject(feedOf(orgId), (_, state) => {
    for (const socket of state.getWebSockets()) {
      const connection = connectionOf(socket);
      if (connection) socket.serializeAttachment({ ...connection, heardAtMs: (connection.heardAtMs ?? 0) - ms });
    }
  });
  await evictDurableObject(feedOf(orgId));
}

/** Makes the end of a scan so much older. */
const ageEnd = (orgId: string, scanId: string, ms: number): Promise<void> =>
  runInDurableObject(feedOf(orgId), (_, { storage: { kv } }) => {
    const feed = feedInStore(kv, scanId);
    kv.put(`feed:${scanId}`, { ...feed, endedAtMs: (feed.endedAtMs ?? 0) - ms });
  });

const update = (statement: string, ...values: unknown[]) =>
  env.DB.prepare(statement)
    .bind(...values)
    .run();

describe("while anybody listens", () => {
  it("the alarm comes within five minutes, within one while a scan runs, and when a credential ends", async () => {
    const org = await makeOrg();
    await (await open("/ws", bearer(org.keys.viewer))).next("ready");
    expect(await alarmInMs(org.id)).toBeGreaterThan(290_000);
    expect(await alarmInMs(org.id)).toBeLessThanOrEqual(300_000);
    await feedOf(org.id).publish([progress(await makeScan(org.id), 5)]);
    expect(await alarmInMs(org.id)).toBeLessThanOrEqual(60_000);
    const { key } = await makeApiKey(org.id, { expiresAt: new Date(Date.now() + 20_000).toISOString() });
    await (await open("/ws", bearer(key))).next("ready");
    expect(await alarmInMs(org.id)).toBeLessThanOrEqual(20_000);
  });

  it("a key that was deleted, cut short, or has lost its scope has to go, whoever forgot to tell", async () => {
    const org = await makeOrg();
    const keys = [
      await makeApiKey(org.id),
      await makeApiKey(org.id),
      await makeApiKey(org.id),
      await makeApiKey(org.id),
    ];
    const clients = await Promise.all(keys.map(({ key }) => open("/ws", bearer(key))));
    await Promise.all(clients.map((client) => client.next("ready")));
    const [deleted, cutShort, narrowed] = keys.map(({ id }) => id);
    await update("DELETE FROM api_keys WHERE id = ?1", deleted);
    await update("UPDATE api_keys SET expires_at = ?2 WHERE id = ?1", cutShort, new Date(Date.now() - 1).toISOString());
    await update(`UPDATE api_keys SET scopes = '["findings:read"]' WHERE id = ?1`, narrowed);
    await runDurableObjectAlarm(feedOf(org.id));
    const ends = await Promise.all(clients.slice(0, 3).map((client) => client.end()));
    expect(ends.map(({ code, reason }) => `${code} ${reason}`)).toEqual([
      "1008 revoked",
      "4001 credential_expired",
      "4003 forbidden",
    ]);
    expect(clients[3]?.closed()).toBeNull();
    expect(await openSockets(org.id)).toBe(1);
  });

  it("a key whose end was brought forward is believed to end then", async () => {
    const org = await makeOrg();
    const { key, id } = await makeApiKey(org.id);
    const client = await open("/ws", bearer(key));
    await client.next("ready");
    await update("UPDATE api_keys SET expires_at = ?2 WHERE id = ?1", id, new Date(Date.now() + 300).toISOString());
    await runDurableObjectAlarm(feedOf(org.id));
    expect(await client.end()).toEqual({ code: 4001, reason: "credential_expired" });
  });

  it("who has said nothing for 15 minutes is gone; a ping is a word", async () => {
    const org = await makeOrg();
    const [silent, pinging] = [await open("/ws", bearer(org.keys.viewer)), await open("/ws", bearer(org.keys.viewer))];
    await Promise.all([silent, pinging].map((client) => client.next("ready")));
    await age(org.id, 800_000);
    await runDurableObjectAlarm(feedOf(org.id));
    expect(silent.closed()).toBeNull();
    pinging.sayRaw('{"type":"ping"}');
    await pinging.next("pong");
    await age(org.id, 100_000);
    await runDurableObjectAlarm(feedOf(org.id));
    expect(await silent.end()).toEqual({ code: 1001, reason: "no_ping" });
    expect(pinging.closed()).toBeNull();
  });

  it("an expired key's socket is closed although nobody can be asked, and the alarm does not come at once again", async () => {
    const org = await makeOrg();
    const { key } = await makeApiKey(org.id, { expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    const clients = [await open("/ws", bearer(key)), await open("/ws", bearer(org.keys.viewer))];
    await Promise.all(clients.map((client) => client.next("ready")));
    await runInDurableObject(feedOf(org.id), (_, state) => {
      for (const socket of state.getWebSockets()) {
        const connection = connectionOf(socket);
        const expiresAt = connection?.expiresAt && new Date(Date.now() - 1).toISOString();
        // There is no such database.
        socket.serializeAttachment({ ...connection, shard: 99, expiresAt });
      }
    });
    await evictDurableObject(feedOf(org.id));
    await runDurableObjectAlarm(feedOf(org.id));
    expect(await alarmInMs(org.id)).toBeGreaterThan(50_000);
    expect(await clients[0]?.end()).toEqual({ code: 4001, reason: "credential_expired" });
    expect(clients[1]?.closed()).toBeNull();
  });

  it("the socket of a scan that has ended is closed with 1000 a minute later; that of another is not", async () => {
    const org = await makeOrg();
    const [ended, running] = [await makeScan(org.id), await makeScan(org.id)];
    const clients = [
      await open(`/scans/${ended}/ws`, bearer(org.keys.viewer)),
      await open(`/scans/${running}/ws`, bearer(org.keys.viewer)),
    ];
    // The sockets are older than the end, which the alarm itself finds.
    await age(org.id, 120_000);
    await setScanStatus(ended, "complete");
    await runDurableObjectAlarm(feedOf(org.id));
    await clients[0]?.next("complete");
    await runDurableObjectAlarm(feedOf(org.id));
    expect(await openSockets(org.id)).toBe(2);
    await ageEnd(org.id, ended, 60_000);
    await runDurableObjectAlarm(feedOf(org.id));
    expect(await clients[0]?.end()).toEqual({ code: 1000, reason: "done" });
    expect(clients[1]?.closed()).toBeNull();
  });

  it("the socket of a scan that had ended long before is closed, too", async () => {
    const org = await makeOrg();
    const client = await open(`/scans/${await makeScan(org.id, "complete")}/ws`, bearer(org.keys.viewer));
    await client.next("sync");
    await age(org.id, 60_000);
    await runDurableObjectAlarm(feedOf(org.id));
    expect(await client.end()).toEqual({ code: 1000, reason: "done" });
  });

  it("the end is told before its socket is closed, also when the scan ends while the alarm looks", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    const client = await open(`/scans/${scanId}/ws`, bearer(org.keys.viewer));
    await client.next("sync");
    await age(org.id, 120_000);
    await feedOf(org.id).publish([progress(scanId, 50)]);
    const looked = runDurableObjectAlarm(feedOf(org.id));
    await setScanStatus(scanId, "complete");
    await looked;
    await runDurableObjectAlarm(feedOf(org.id));
    await client.next("complete");
    expect(client.closed()).toBeNull();
  });

  it("an end nobody told is told when the next socket opens", async () => {
    const org = await makeOrg();
    const [lost, nowhere] = [await makeScan(org.id), newId()];
    await feedOf(org.id).publish([progress(lost, 50), progress(nowhere, 50)]);
    await setScanStatus(lost, "complete");
    const client = await open("/ws", bearer(org.keys.viewer));
    expect(await client.next("complete")).toMatchObject({ scanId: lost, seq: 2 });
  });
});

describe("coming back with the last eventId", () => {
  it("all that was missed of all scans, in order and without states; then live", async () => {
    const org = await makeOrg();
    const [first, second] = [await makeScan(org.id), await makeScan(org.id)];
    for (let count = 0; count < 5; count += 1) await keepFrames(org.id, [findings(first), findings(second)]);
    const client = await open("/ws?lastEventId=4", bearer(org.keys.viewer));
    await feedOf(org.id).publish([findings(second)]);
    await expect.poll(() => client.frames.length).toBe(8);
    expect(client.frames[0]).toMatchObject({ type: "ready", eventId: 4 });
    expect(client.frames.slice(1).map(({ eventId }) => eventId)).toEqual([5, 6, 7, 8, 9, 10, 11]);
    const one = await open(`/scans/${first}/ws?lastEventId=4`, bearer(org.keys.viewer));
    await expect.poll(() => numbers(one)).toEqual([3, 4, 5]);
  });

  it("too far behind, or ahead of all there was: states, as for who is new", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    await keepFrames(org.id, Array(1_001).fill(findings(scanId)));
    for (const lastEventId of [0, 1_002]) {
      const client = await open(`/ws?lastEventId=${lastEventId}`, bearer(org.keys.viewer));
      expect((await client.next("sync"))["scan"]).toMatchObject({ id: scanId, seq: 1_001 });
      expect(client.frames[0]).toMatchObject({ eventId: 1_001 });
      client.cut();
    }
    const client = await open(`/ws?lastEventId=1`, bearer(org.keys.viewer));
    await expect.poll(() => numbers(client).length).toBe(1_000);
  });

  it("away for longer than is kept: the state of what has ended meanwhile, too", async () => {
    const org = await makeOrg();
    const [ended, running, other] = [await makeScan(org.id), await makeScan(org.id), await makeScan(org.id)];
    await feedOf(org.id).publish([progress(ended, 42), progress(running, 42)]);
    await setScanStatus(ended, "complete");
    await feedOf(org.id).publish([complete(ended)]);
    await keepFrames(org.id, Array(1_001).fill(findings(other)));
    const client = await open("/ws?lastEventId=2", bearer(org.keys.viewer));
    await expect.poll(() => types(client)).toEqual(["ready", "sync", "sync", "sync"]);
    const states = client.frames.flatMap(({ scan }) => (scan === undefined ? [] : [scan]));
    expect(states).toContainEqual(expect.objectContaining({ id: ended, status: "complete", percent: 100, seq: 2 }));
    expect(states).toContainEqual(expect.objectContaining({ id: running, status: "running", percent: 42, seq: 1 }));
    // Who is new shows no scan yet, and is told of those under way alone.
    const fresh = await open("/ws", bearer(org.keys.viewer));
    await expect.poll(() => types(fresh)).toEqual(["ready", "sync", "sync"]);
  });

  it("whatever is published meanwhile, nothing is missing and nothing twice, restarts included", async () => {
    const org = await makeOrg();
    let published = 0;
    let last = 0;
    const publish = async (): Promise<void> => {
      await feedOf(org.id).publish([complete(newId())]);
      published += 1;
    };
    for (let round = 0; round < 20; round += 1) {
      const opening = open(`/ws?lastEventId=${last}`, bearer(org.keys.admin));
      for (let count = 0; count < round % 4; count += 1) await publish();
      const client = await opening;
      await publish();
      if (round % 5 === 0) await evictDurableObject(feedOf(org.id));
      await publish();
      const expected = Array.from({ length: published - last }, (_, at) => last + 1 + at);
      const got = (): unknown[] => client.frames.flatMap(({ type, eventId }) => (type === "complete" ? [eventId] : []));
      await expect.poll(got).toEqual(expected);
      last = published;
      client.cut();
    }
  });
});

describe("what the feed reads of a scan", () => {
  it("is without its coverage, which is too long", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    const [record] = await readScanRecords(orgDatabase(env.DB, org.id, newMeter()), org.id, [scanId]);
    expect(record?.summary).toEqual(complete(scanId).summary);
  });
});

describe("a read that many ask for at once", () => {
  it("is made twice at most, and always after it was asked for; a failure is that of those who asked for it", async () => {
    const shared = new SharedRead<number>();
    let reads = 0;
    const read = async (): Promise<number> => {
      const mine = (reads += 1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (mine === 1) throw new Error("first");
      return mine;
    };
    const first = shared.ask(read);
    const others = Array.from({ length: 1_000 }, () => shared.ask(read));
    await expect(first).rejects.toThrow("first");
    expect(new Set(await Promise.all(others))).toEqual(new Set([2]));
    expect(await shared.ask(read)).toBe(3);
  });
});
