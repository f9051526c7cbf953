import { evictDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
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
  openedOf,
  progress,
  setScanStatus,
  types,
  type Client,
} from "./live.ts";

const scansOf = (client: Client): unknown[] => client.frames.flatMap(({ scanId }) => (scanId ? [scanId] : []));

describe("subscribe and unsubscribe", () => {
  it("all scans until one subscribes, then those that were named, and all again; kept across a restart", async () => {
    const org = await makeOrg();
    const [first, second, third] = [await makeScan(org.id), await makeScan(org.id), await makeScan(org.id)];
    const tell = () => feedOf(org.id).publish([first, second, third].map((scanId) => findings(scanId)));
    const client = await open("/ws", bearer(org.keys.viewer));
    await client.next("sync");
    const after = async (message: object): Promise<unknown[]> => {
      client.frames.length = 0;
      client.say(message);
      await client.next("subscribed");
      await evictDurableObject(feedOf(org.id));
      await tell();
      // What is answered comes after all that was told.
      client.sayRaw('{ "type": "ping" }');
      await client.next("pong");
      return scansOf(client);
    };
    await tell();
    await expect.poll(() => scansOf(client)).toEqual([first, second, third]);
    expect(await after({ type: "subscribe", scanIds: [second] })).toEqual([second]);
    expect(await after({ type: "subscribe", scanIds: [third, second] })).toEqual([second, third]);
    expect(await after({ type: "unsubscribe", scanIds: [second] })).toEqual([third]);
    expect(await after({ type: "unsubscribe" })).toEqual([first, second, third]);
  });

  it("is answered by what one listens to now and the state of each scan; a foreign id like one of nobody", async () => {
    const [mine, theirs] = [await makeOrg(), await makeOrg()];
    const [running, ended, foreign] = [
      await makeScan(mine.id),
      await makeScan(mine.id, "complete"),
      await makeScan(theirs.id),
    ];
    const client = await open("/ws", bearer(mine.keys.viewer));
    await client.next("sync");
    client.frames.length = 0;
    const nobody = newId();
    client.say({ type: "subscribe", scanIds: [running, foreign, ended, nobody] });
    await expect.poll(() => types(client)).toEqual(["subscribed", "sync", "sync", "error", "error"]);
    expect(client.frames[0]).toEqual({ type: "subscribed", scanIds: [running, ended] });
    const [ofForeign, ofNobody] = client.frames.slice(-2);
    expect(JSON.stringify(ofForeign).replace(foreign, nobody)).toBe(JSON.stringify(ofNobody));
    await feedOf(theirs.id).publish([progress(foreign, 50)]);
    expect(await feedOf(mine.id).publish([progress(running, 50)])).toBe(1);
    await client.next("progress");
    expect(scansOf(client)).toEqual([running]);
  });

  it("ids in capitals are the same ids", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    const client = await open(`/ws?org=${org.id}`);
    const resume = { scanId: scanId.toUpperCase(), seq: 0 };
    await keepFrames(org.id, [findings(scanId)]);
    client.say({ type: "auth", token: org.keys.viewer, resume });
    await client.next("finding");
    client.say({ type: "subscribe", scanIds: [scanId.toUpperCase()] });
    expect(await client.next("subscribed")).toEqual({ type: "subscribed", scanIds: [scanId] });
    await feedOf(org.id).publish([progress(scanId, 50)]);
    await client.next("progress");
    client.say({ type: "resume", ...resume });
    await expect
      .poll(() => types(client))
      .toEqual(["ready", "sync", "finding", "subscribed", "sync", "progress", "finding", "progress"]);
  });

  it("no more than 32 scans, and none on the socket of one scan", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    const all = await open("/ws", bearer(org.keys.viewer));
    all.say({ type: "subscribe", scanIds: Array.from({ length: 33 }, () => newId()) });
    expect(await all.next("error")).toMatchObject({ code: "INVALID_MESSAGE" });
    const one = await open(`/scans/${scanId}/ws`, bearer(org.keys.viewer));
    for (const message of [{ type: "subscribe", scanIds: [scanId] }, { type: "unsubscribe" }]) {
      one.frames.length = 0;
      one.say(message);
      expect(await one.next("error")).toMatchObject({ code: "INVALID_MESSAGE" });
    }
    expect([all.closed(), one.closed()]).toEqual([null, null]);
  });

  it("a scan that ends while one subscribes to it is told as ended", async () => {
    const org = await makeOrg();
    for (let round = 0; round < 10; round += 1) {
      const scanId = await makeScan(org.id);
      const client = await open("/ws", bearer(org.keys.viewer));
      await client.next("ready");
      client.say({ type: "subscribe", scanIds: [scanId] });
      await setScanStatus(scanId, "complete");
      await feedOf(org.id).publish([complete(scanId)]);
      await client.next("subscribed");
      await expect
        .poll(() => client.frames.findLast(({ type }) => type === "sync" || type === "complete"))
        .toMatchObject(types(client).at(-1) === "complete" ? { seq: 1 } : { scan: { status: "complete", seq: 1 } });
      client.cut();
    }
  });
});

describe("findings", () => {
  it("are told only to who may read findings, also when resuming; seq still strictly increases", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    const { key } = await makeApiKey(org.id, { scopes: ["scans:read"] });
    const [full, byHeader, byMessage] = [
      await open("/ws", bearer(org.keys.viewer)),
      await open("/ws", bearer(key)),
      await open(`/ws?org=${org.id}`),
    ];
    byMessage.say({ type: "auth", token: key });
    await Promise.all([full, byHeader, byMessage].map((client) => client.next("sync")));
    await feedOf(org.id).publish([findings(scanId, 1), progress(scanId, 50), findings(scanId, 2)]);
    await expect.poll(() => openedOf(full)).toBe(3);
    for (const client of [byHeader, byMessage]) {
      client.say({ type: "resume", scanId, seq: 0 });
      await expect.poll(() => types(client)).toEqual(["ready", "sync", "progress", "progress"]);
    }
    const back = await open("/ws?lastEventId=0", bearer(key));
    await back.next("progress");
    expect(types(back)).toEqual(["ready", "progress"]);
  });
});
