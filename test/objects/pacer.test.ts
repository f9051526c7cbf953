import { evictDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findingFrame, type OpenedFinding, type ScanFrame } from "#db/frames";
import { newId } from "#lib/id";
import { paceMs, Pacer } from "#objects/pacer";
import { makeOrg } from "../support/org.ts";
import { bearer, complete, feedOf, findings, makeScan, numbers, open, progress } from "./live.ts";

describe("the pace of a scan's frames", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Publishes so many frames, so many milliseconds apart; answers when which went out. */
  function run(watchers: number, count: number, everyMs: number) {
    const sent: { readonly atMs: number; readonly percent: number }[] = [];
    const send = (frame: ScanFrame): void =>
      void sent.push({ atMs: Date.now(), percent: frame.type === "progress" ? frame.percent : -1 });
    const pacer = new Pacer({ watchers: () => watchers, send });
    for (let percent = 1; percent <= count; percent += 1) {
      const frame = progress("scan", percent);
      if (pacer.admits(frame)) send(frame);
      vi.advanceTimersByTime(everyMs);
    }
    vi.advanceTimersByTime(2_000);
    return sent;
  }

  it.each([
    { watchers: 1, everyMs: 100 },
    { watchers: 1_000, everyMs: 100 },
    { watchers: 1_001, everyMs: 1_000 },
  ])(
    "$watchers watchers: a frame each $everyMs ms at most, and the last word is always said",
    ({ watchers, everyMs }) => {
      expect(paceMs(watchers)).toBe(everyMs);
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 0, max: 300 }), (count, gapMs) => {
          const sent = run(watchers, count, gapMs);
          const gaps = sent.slice(1).map(({ atMs }, at) => atMs - (sent[at]?.atMs ?? 0));
          expect(gaps.every((gap) => gap >= everyMs)).toBe(true);
          expect(sent.at(-1)?.percent).toBe(count);
          expect(sent.map(({ percent }) => percent)).toEqual(
            sent.map(({ percent }) => percent).toSorted((a, b) => a - b),
          );
        }),
      );
    },
  );

  it("one scan does not hold another back; an end takes what was held with it", () => {
    const sent: ScanFrame[] = [];
    const pacer = new Pacer({ watchers: () => 1, send: (frame) => void sent.push(frame) });
    expect([progress("a", 1), progress("b", 1), progress("a", 2)].map((frame) => pacer.admits(frame))).toEqual([
      true,
      true,
      false,
    ]);
    expect([findings("a"), complete("a")].map((frame) => pacer.admits(frame))).toEqual([true, true]);
    vi.advanceTimersByTime(5_000);
    expect(sent).toEqual([]);
  });
});

describe("what sockets get of it", () => {
  it("a hundred frames at once are two; findings and the end come at once, numbered as they are sent", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    const client = await open("/ws", bearer(org.keys.viewer));
    await client.next("sync");
    for (let percent = 1; percent <= 100; percent += 1) void feedOf(org.id).publish([progress(scanId, percent)]);
    await feedOf(org.id).publish([findings(scanId, 3)]);
    await expect.poll(() => client.frames.at(-1)?.["percent"]).toBe(100);
    await feedOf(org.id).publish([progress(scanId, 100), complete(scanId)]);
    await client.next("complete");
    const numbered = client.frames.filter(({ seq }) => seq !== undefined);
    expect(numbered.length).toBeLessThan(10);
    expect(numbers(client)).toEqual(numbered.map((_, at) => at + 1));
    expect(numbered.map(({ type }) => type)).toContain("finding");
    expect(numbered.at(-1)?.type).toBe("complete");
  });

  it("what is held when the memory goes is said by the next", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    const client = await open("/ws", bearer(org.keys.viewer));
    await client.next("sync");
    for (let percent = 1; percent <= 30; percent += 1) {
      await feedOf(org.id).publish([progress(scanId, percent), progress(scanId, percent + 0.5)]);
      await evictDurableObject(feedOf(org.id));
    }
    await feedOf(org.id).publish([progress(scanId, 40)]);
    await expect.poll(() => client.frames.at(-1)?.["percent"]).toBe(40);
    expect(numbers(client)).toEqual(numbers(client).map((_, at) => at + 1));
  });
});

describe("a frame of findings", () => {
  const opened = fc.record({
    id: fc.constant(newId()),
    type: fc.string({ maxLength: 80 }),
    title: fc.string({ unit: "binary", maxLength: 400 }),
    severity: fc.constantFrom("critical", "high", "medium", "low"),
    service: fc.constantFrom("ec2", "s3"),
    region: fc.constantFrom("eu-west-1", "global"),
    accountId: fc.constant(newId()),
    resourceName: fc.option(fc.string({ unit: "binary", maxLength: 300 })),
  });

  it("holds the worst that have room, in 4 KiB as it is sent, and counts all of them", () => {
    fc.assert(
      fc.property(fc.array(opened, { maxLength: 60 }), (found: OpenedFinding[]) => {
        const counts = { opened: found.length, reopened: 0, resolved: 1_000_000 };
        const frame = findingFrame(newId(), found, counts);
        const sent = { ...frame, seq: 1_000_000_000, eventId: 1_000_000_000_000 };
        expect(new TextEncoder().encode(JSON.stringify(sent)).length).toBeLessThanOrEqual(4_096);
        expect(frame.opened.length).toBeLessThanOrEqual(20);
        expect(frame.opened.length > 0).toBe(found.length > 0);
        expect(frame.counts).toEqual(counts);
        const rank = (severity: string): number => ["critical", "high", "medium", "low"].indexOf(severity);
        const ranks = frame.opened.map(({ severity }) => rank(severity));
        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
      }),
    );
  });
});
