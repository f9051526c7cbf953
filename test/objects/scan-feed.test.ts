import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { newId } from "#lib/id";
import { makeOrg } from "../support/org.ts";
import {
  bearer,
  complete,
  feedOf,
  findings,
  keepFrames,
  makeScan,
  numbers,
  open,
  openedOf,
  openSockets,
  pause,
  progress,
  seqOf,
  setScanStatus,
  types,
  type Client,
} from "./live.ts";

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
    const scansOf = (client: Client): Set<unknown> =>
      new Set(client.frames.flatMap(({ scanId }) => (scanId ? [scanId] : [])));
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
    expect(client.frames.flatMap(({ percent }) => (percent === undefined ? [] : [percent]))).toEqual([
      10, 30, 30, 60, 60, 90,
    ]);
    expect(client.frames.at(-1)).toEqual({ ...complete(scanId), seq: 7, eventId: 7 });
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
    for (let round = 0; round < 20; round += 1) {
      const opened = open("/ws", bearer(org.keys.admin));
      for (let count = 0; count < 4; count += 1) await feedOf(org.id).publish([complete(newId())]);
      const client = await opened;
      const total = (round + 1) * 4;
      const since = Number((await client.next("ready"))["eventId"]);
      await expect
        .poll(() => client.frames.slice(1).map(({ eventId }) => eventId))
        .toEqual(Array.from({ length: total - since }, (_, index) => since + 1 + index));
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
    await keepFrames(org.id, [progress(scanId, 5), ...[1, 2, 3, 4].map((opened) => findings(scanId, opened))]);
    const client = await open("/ws", bearer(org.keys.viewer));
    expect((await client.next("sync"))["scan"]).toMatchObject({ percent: 5, seq: 5 });
    client.say({ type: "resume", scanId, seq: 2 });
    await expect.poll(() => numbers(client)).toEqual([3, 4, 5]);
  });

  it("within `auth`: seq strictly increases on every socket, whatever is published meanwhile", async () => {
    const org = await makeOrg();
    const [scanId, other] = [await makeScan(org.id), await makeScan(org.id)];
    const publish = () => feedOf(org.id).publish([findings(scanId), progress(other, 1)]);
    for (let round = 0; round < 20; round += 1) {
      const seq = Math.max(0, (await seqOf(org.id, scanId)) - 3);
      const client = await open(round % 2 === 0 ? `/ws?org=${org.id}` : `/scans/${scanId}/ws`);
      const point = { scanId, seq };
      client.say({ type: "auth", token: org.keys.viewer, resume: round % 4 < 2 ? [point] : point });
      for (let count = 0; count < 6; count += 1) {
        await publish();
        await pause(round % 5);
      }
      await client.next("ready");
      await publish();
      const mine = (): unknown[] =>
        client.frames.flatMap((frame) => (frame["scanId"] === scanId ? [frame["seq"]] : []));
      // What is held back meanwhile comes on top.
      const upTo = await seqOf(org.id, scanId);
      await expect.poll(() => mine().length).toBeGreaterThanOrEqual(upTo - seq);
      expect(mine()).toEqual(mine().map((_, index) => seq + 1 + index));
      const others = client.frames.flatMap((frame) => (frame["scanId"] === other ? [Number(frame["seq"])] : []));
      expect(others).toEqual([...new Set(others)].toSorted((a, b) => a - b));
      client.cut();
    }
  });

  it("within `auth`: a scan that has ended, one too far behind, and one of nobody", async () => {
    const org = await makeOrg();
    const [ended, behind, nobody] = [await makeScan(org.id), await makeScan(org.id), newId()];
    await feedOf(org.id).publish([progress(ended, 50), complete(ended)]);
    await setScanStatus(ended, "complete");
    await keepFrames(org.id, Array(250).fill(findings(behind)));
    const client = await open(`/ws?org=${org.id}`);
    const resume = [ended, behind, nobody].map((scanId) => ({ scanId, seq: 1 }));
    client.say({ type: "auth", token: org.keys.viewer, resume });
    expect(await client.next("error")).toMatchObject({ code: "RESOURCE_NOT_FOUND" });
    expect(types(client)).toEqual(["ready", "sync", "sync", "complete", "error"]);
    const states = client.frames.flatMap(({ scan }) => (scan === undefined ? [] : [scan]));
    expect(states).toContainEqual(expect.objectContaining({ id: behind, seq: 250 }));
    expect(states).toContainEqual(expect.objectContaining({ id: ended, status: "complete", seq: 2 }));
  });

  it("the last 200 frames are kept; who is further behind gets the state", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    const client = await open("/ws", bearer(org.keys.viewer));
    await client.next("sync");
    await keepFrames(org.id, Array(250).fill(findings(scanId)));
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
      for (let count = 1; count <= cutAfter; count += 1) await feedOf(org.id).publish([findings(scanId)]);
      await expect.poll(() => openedOf(before)).toBe(cutAfter);
      before.cut();
      for (let count = cutAfter + 1; count <= frames; count += 1) await feedOf(org.id).publish([findings(scanId)]);
      await setScanStatus(scanId, "complete");
      await feedOf(org.id).publish([complete(scanId)]);
      if (cutAfter % 3 === 0) await evictDurableObject(feedOf(org.id));
      const after = await open(`/scans/${scanId}/ws`, bearer(org.keys.viewer));
      const seq = await seqOf(org.id, scanId);
      expect((await after.next("sync"))["scan"]).toMatchObject({ status: "complete", percent: 100, seq });
      after.say({ type: "resume", scanId, seq: numbers(before).length });
      expect(await after.next("complete")).toMatchObject({ ...complete(scanId), seq });
      expect([...numbers(before), ...numbers(after)]).toEqual(Array.from({ length: seq }, (_, index) => index + 1));
      expect(openedOf(before) + openedOf(after)).toBe(frames);
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
    await expect
      .poll(() => client.frames.at(-1))
      .toMatchObject({ type: "sync", scan: { status: "partial", percent: 100 } });
    expect(await runDurableObjectAlarm(feedOf(org.id))).toBe(true);
    expect(await client.next("complete")).toEqual({ ...complete(scanId), status: "partial", seq: 2, eventId: 2 });
    // It looks after the sockets as long as there are any.
    expect(await runDurableObjectAlarm(feedOf(org.id))).toBe(true);
    client.cut();
    await expect.poll(() => openSockets(org.id)).toBe(0);
    await runDurableObjectAlarm(feedOf(org.id));
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
