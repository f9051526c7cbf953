import { evictDurableObject } from "cloudflare:test";
import { exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newId } from "#lib/id";
import {
  bearer,
  complete,
  feedOf,
  findings,
  keepFrames,
  makeScan,
  openSockets,
  progress,
  setScanStatus,
} from "../../objects/live.ts";
import { anyAddress, api, origin, send } from "../../support/api.ts";
import { makeApiKey, makeOrg } from "../../support/org.ts";

interface Event {
  readonly id?: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Reads a stream as a browser does (HTML section 9.2.6). */
async function listen(path: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await exports.default.fetch(`${origin}/api/v1${path}`, {
    headers: { "CF-Connecting-IP": anyAddress(), ...headers },
  });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  const events: Event[] = [];
  let retry = 0;
  let isOver = false;
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  const take = (block: string): void => {
    const fields = Object.fromEntries(
      block.split("\n").map((line) => /^(\w*): ?(.*)$/.exec(line)?.slice(1) ?? ["", ""]),
    );
    if (fields["retry"]) retry = Number(fields["retry"]);
    // safe: our own frames.
    if (fields["data"]) events.push({ ...fields, data: JSON.parse(fields["data"]) } as Event);
  };
  const pump = async (): Promise<void> => {
    let text = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const blocks = (text + decoder.decode(part.value, { stream: true })).split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) take(block);
    }
    isOver = true;
  };
  void pump().catch(() => (isOver = true));
  return { response, events, retry: () => retry, isOver: () => isOver, cancel: () => reader.cancel() };
}

const names = (events: readonly Event[]): string[] => events.map(({ event }) => event);

describe("GET /events", () => {
  it("200: the frames of the sockets, with the number to come back with", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    const stream = await listen("/events", bearer(org.keys.viewer));
    expect(stream.response.headers.get("content-type")).toBe("text/event-stream");
    expect(stream.response.headers.get("cache-control")).toContain("no-store");
    expect(stream.response.headers.get("x-request-id")).toBeTruthy();
    expect(stream.response.headers.get("ratelimit")).toContain("default");
    await feedOf(org.id).publish([progress(scanId, 5), findings(scanId, 2), complete(scanId)]);
    await expect.poll(() => names(stream.events)).toEqual(["ready", "sync", "progress", "finding", "complete"]);
    expect(stream.events.map(({ id }) => id)).toEqual(["0", undefined, "1", "2", "3"]);
    expect(stream.events.every(({ event, data }) => data["type"] === event)).toBe(true);
    expect(stream.retry()).toBeGreaterThanOrEqual(2_000);
    await stream.cancel();
  });

  it("200: Last-Event-ID, or lastEventId, resumes over all scans; one scan's alone when it is named", async () => {
    const org = await makeOrg();
    const [first, second] = [await makeScan(org.id), await makeScan(org.id)];
    await keepFrames(org.id, [findings(first), findings(second), findings(first), findings(second)]);
    const streams = [
      await listen("/events", { ...bearer(org.keys.viewer), "Last-Event-ID": "1" }),
      await listen("/events?lastEventId=1", bearer(org.keys.viewer)),
    ];
    for (const { events } of streams) {
      await expect.poll(() => events.map(({ id }) => id)).toEqual(["1", "2", "3", "4"]);
      expect(names(events)).toEqual(["ready", "finding", "finding", "finding"]);
    }
    const one = await listen(`/events?scanId=${second}`, { ...bearer(org.keys.admin), "Last-Event-ID": "2" });
    await expect.poll(() => one.events.map(({ id }) => id)).toEqual(["2", "4"]);
    await Promise.all([...streams, one].map(({ cancel }) => cancel()));
  });

  it("200: cut anywhere and resumed, restarts included, every frame comes once and in order", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    const got: string[] = [];
    let last = "0";
    for (let round = 0; round < 12; round += 1) {
      const stream = await listen("/events", { ...bearer(org.keys.viewer), "Last-Event-ID": last });
      for (let count = 0; count <= round % 3; count += 1) {
        await feedOf(org.id).publish([findings(scanId, count)]);
        if (round % 4 === 0) await evictDurableObject(feedOf(org.id));
      }
      await expect.poll(() => stream.events.filter(({ event }) => event === "finding").length).toBeGreaterThan(0);
      await stream.cancel();
      const ids = stream.events.flatMap(({ event, id }) => (event === "finding" && id ? [id] : []));
      got.push(...ids);
      last = ids.at(-1) ?? last;
      await feedOf(org.id).publish([findings(scanId)]);
    }
    expect(got).toEqual(got.map((_, at) => String(at + 1)));
  });

  it("200: a failed scan is told under a name that is not a lost connection's", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    const stream = await listen("/events", bearer(org.keys.viewer));
    await feedOf(org.id).publish([{ type: "error", scanId, code: "SCAN_FAILED", reason: "denied" }]);
    await expect
      .poll(() => stream.events.at(-1))
      .toMatchObject({ event: "scan_error", id: "1", data: { type: "error", scanId, reason: "denied" } });
    await stream.cancel();
  });

  it("200: by ticket, once", async () => {
    const org = await makeOrg();
    const { body } = await api(org.keys.viewer).post<{ data: { ticket: string } }>("/ws/tickets");
    const stream = await listen(`/events?ticket=${body.data.ticket}`);
    await expect.poll(() => names(stream.events)).toEqual(["ready"]);
    expect((await send("GET", `/events?ticket=${body.data.ticket}`)).status).toBe(401);
    await stream.cancel();
  });

  it("ends with `closing` when its key is revoked, and when a fourth takes its place, which then waits", async () => {
    const org = await makeOrg();
    const streams = [];
    for (let count = 0; count < 4; count += 1) streams.push(await listen("/events", bearer(org.keys.viewer)));
    const [first, ...others] = streams;
    await expect
      .poll(() => first?.events.at(-1))
      .toMatchObject({ event: "closing", data: { reason: "newer_connection" } });
    await expect.poll(() => first?.isOver()).toBe(true);
    expect(first?.retry()).toBe(60_000);
    expect((await api(org.keys.admin).post(`/api-keys/${org.keyIds.viewer}/revoke`)).status).toBe(200);
    for (const stream of others) {
      await expect.poll(() => stream.events.at(-1)).toMatchObject({ event: "closing", data: { reason: "revoked" } });
      await expect.poll(() => stream.isOver()).toBe(true);
    }
  });

  it("of a client that falls behind ends, and has left out nothing before that", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    const opened = { id: newId(), type: "T", title: "t".repeat(3_800), severity: "low", service: "s3", region: "r" };
    const big = { ...findings(scanId), opened: [{ ...opened, accountId: newId(), resourceName: null }] };
    await keepFrames(
      org.id,
      Array.from({ length: 1_000 }, () => big),
    );
    const path = `${origin}/api/v1/events?lastEventId=0`;
    const headers = { "CF-Connecting-IP": anyAddress(), ...bearer(org.keys.viewer) };
    const response = await exports.default.fetch(path, { headers });
    // Four MiB wait for it: the object has let it go before it reads.
    await expect.poll(() => openSockets(org.id)).toBe(0);
    const ids = [...(await response.text()).matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
    expect(ids.length).toBeGreaterThan(100);
    expect(ids.length).toBeLessThan(1_000);
    expect(ids).toEqual(ids.map((_, at) => at));
  });

  it("a client that leaves leaves no socket behind", async () => {
    const org = await makeOrg();
    const stream = await listen("/events", bearer(org.keys.viewer));
    expect(await openSockets(org.id)).toBe(1);
    await stream.cancel();
    await expect.poll(() => openSockets(org.id)).toBe(0);
  });

  it("refuses as a problem before the stream begins", async () => {
    const [org, other] = [await makeOrg(), await makeOrg()];
    const codeOf = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
      const { status, body } = await send<{ code: string }>("GET", path, { headers });
      return `${status} ${body.code}`;
    };
    const key = bearer(org.keys.viewer);
    expect(await codeOf("/events")).toBe("401 UNAUTHORIZED");
    expect(await codeOf(`/events?token=${org.keys.viewer}`)).toBe("400 INVALID_REQUEST");
    expect(await codeOf("/events?scanId=x", key)).toBe("400 INVALID_REQUEST");
    expect(await codeOf("/events?lastEventId=x", key)).toBe("400 INVALID_REQUEST");
    expect(await codeOf("/events?unknown=1", key)).toBe("400 INVALID_REQUEST");
    expect(await codeOf("/events", { ...key, Accept: "text/csv" })).toBe("406 NOT_ACCEPTABLE");
    const json = await send("GET", "/events", { headers: { ...key, Accept: "application/json" } });
    expect([json.status, json.text]).toEqual([406, expect.stringContaining("This answers text/event-stream.")]);
    for (const scanId of [newId(), await makeScan(other.id)]) {
      expect(await codeOf(`/events?scanId=${scanId}`, key)).toBe("404 RESOURCE_NOT_FOUND");
    }
    const { key: narrow } = await makeApiKey(org.id, { scopes: ["findings:read"] });
    expect(await codeOf("/events", bearer(narrow))).toBe("403 MISSING_SCOPE");
    const head = await send("HEAD", "/events", { headers: key });
    expect([head.status, head.text, head.headers.get("content-type")]).toEqual([200, "", "text/event-stream"]);
    expect(await openSockets(org.id)).toBe(0);
  });

  it("200: the end of a scan that ended unheard", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    await feedOf(org.id).publish([progress(scanId, 50)]);
    await setScanStatus(scanId, "complete");
    const stream = await listen("/events", { ...bearer(org.keys.viewer), "Last-Event-ID": "1" });
    await expect.poll(() => names(stream.events)).toEqual(["ready", "complete"]);
    await stream.cancel();
  });
});
