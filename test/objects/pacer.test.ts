import { evictDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findingFrame, type OpenedFinding, type ScanFindings, type ScanFrame } from "#db/frames";
import { newId } from "#lib/id";
import { paceMs, Pacer } from "#objects/pacer";
import { makeOrg } from "../support/org.ts";
import { bearer, complete, feedOf, findings, makeScan, numbers, open, openedOf, progress } from "./live.ts";

describe("the pace of a scan's frames", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Publishes so many frames, so many milliseconds apart, some of findings; answers when which went out. */
  function run(watchers: number, count: number, everyMs: number, isFinding: (at: number) => boolean) {
    const sent: { readonly atMs: number; readonly frame: ScanFrame }[] = [];
    const send = (frame: ScanFrame): void => void sent.push({ atMs: Date.now(), frame });
    let kept: ScanFindings | null = null;
    const pacer = new Pacer({ watchers: () => watchers, send, keep: (_, held) => void (kept = held) });
    for (let at = 1; at <= count; at += 1) {
      for (const frame of pacer.pass(isFinding(at) ? findings("scan") : progress("scan", at))) send(frame);
      expect(openedIn(sent.map(({ frame }) => frame)) + openedIn(kept ? [kept] : [])).toBe(
        Array.from({ length: at }, (_, index) => isFinding(index + 1)).filter(Boolean).length,
      );
      vi.advanceTimersByTime(everyMs);
    }
    vi.advanceTimersByTime(3_000);
    expect(kept).toBeNull();
    return sent;
  }

  const openedIn = (frames: readonly ScanFrame[]): number =>
    frames.reduce((sum, frame) => sum + (frame.type === "finding" ? frame.counts.opened : 0), 0);

  it.each([
    { watchers: 1, everyMs: 100 },
    { watchers: 1_000, everyMs: 100 },
    { watchers: 1_001, everyMs: 1_000 },
  ])(
    "$watchers watchers: a frame each $everyMs ms at most; the last progress is always said, and each finding counted and kept",
    ({ watchers, everyMs }) => {
      expect(paceMs(watchers)).toBe(everyMs);
      const when = fc.array(fc.boolean(), { minLength: 1, maxLength: 100 });
      fc.assert(
        fc.property(when, fc.integer({ min: 0, max: 300 }), (found, gapMs) => {
          const sent = run(watchers, found.length, gapMs, (at) => found[at - 1] === true);
          const gaps = sent.slice(1).map(({ atMs }, at) => atMs - (sent[at]?.atMs ?? 0));
          expect(gaps.every((gap) => gap >= everyMs)).toBe(true);
          expect(openedIn(sent.map(({ frame }) => frame))).toBe(found.filter(Boolean).length);
          const percents = sent.flatMap(({ frame }) => (frame.type === "progress" ? [frame.percent] : []));
          expect(percents.at(-1) ?? 0).toBe(found.lastIndexOf(false) + 1);
          expect(percents).toEqual(percents.toSorted((a, b) => a - b));
        }),
      );
    },
  );

  it("one scan does not hold another back; an end takes held progress with it and sends held findings first", () => {
    const sent: ScanFrame[] = [];
    const keep = vi.fn<(scanId: string, held: ScanFindings | null) => void>();
    const pacer = new Pacer({ watchers: () => 1, send: (frame) => void sent.push(frame), keep });
    const [one, two] = [progress("a", 1), progress("b", 1)];
    expect([one, two, progress("a", 2)].map((frame) => pacer.pass(frame))).toEqual([[one], [two], []]);
    expect([findings("a", 2), findings("a", 3)].flatMap((frame) => pacer.pass(frame))).toEqual([]);
    expect(pacer.pass(complete("a"))).toEqual([findings("a", 5), complete("a")]);
    expect(keep.mock.calls.map(([, held]) => held?.counts.opened)).toEqual([2, 5, undefined]);
    vi.advanceTimersByTime(5_000);
    expect(sent).toEqual([]);
  });

  it("of findings made one frame the worst are named", () => {
    const sent: ScanFrame[] = [];
    const pacer = new Pacer({ watchers: () => 1, send: (frame) => void sent.push(frame), keep: () => undefined });
    const named = (severity: string): ScanFindings => ({
      ...findings("a"),
      opened: [
        {
          id: newId(),
          type: "T",
          title: severity,
          severity,
          service: "s3",
          region: "r",
          accountId: "a",
          resourceName: null,
        },
      ],
    });
    pacer.pass(progress("a", 1));
    for (let count = 0; count < 30; count += 1) pacer.pass(named(count === 29 ? "critical" : "low"));
    vi.advanceTimersByTime(100);
    const [frame] = sent;
    if (frame?.type !== "finding") throw new Error("No findings");
    expect(frame.counts).toEqual({ opened: 30, reopened: 0, resolved: 0 });
    expect(frame.opened[0]?.severity).toBe("critical");
    expect(new TextEncoder().encode(JSON.stringify(frame)).length).toBeLessThan(4_096);
  });
});

describe("what sockets get of it", () => {
  it("a hundred of each at once are a few that say all; the end comes at once, numbered as they are sent", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    const client = await open("/ws", bearer(org.keys.viewer));
    await client.next("sync");
    await feedOf(org.id).publish(
      Array.from({ length: 100 }, (_, at) => [progress(scanId, at + 1), findings(scanId)]).flat(),
    );
    await expect.poll(() => client.frames.findLast(({ type }) => type === "progress")?.["percent"]).toBe(100);
    await expect.poll(() => openedOf(client)).toBe(100);
    await feedOf(org.id).publish([progress(scanId, 100), findings(scanId, 2), findings(scanId, 3), complete(scanId)]);
    await client.next("complete");
    const numbered = client.frames.filter(({ seq }) => seq !== undefined);
    expect(numbered.length).toBeLessThan(30);
    expect(numbers(client)).toEqual(numbered.map((_, at) => at + 1));
    expect(numbered.at(-1)?.type).toBe("complete");
    expect(openedOf(client)).toBe(105);
  });

  it("when the memory goes, held progress is said by the next, and held findings are told", async () => {
    const org = await makeOrg();
    const scanId = await makeScan(org.id);
    const client = await open("/ws", bearer(org.keys.viewer));
    await client.next("sync");
    for (let percent = 1; percent <= 30; percent += 1) {
      await feedOf(org.id).publish([progress(scanId, percent), progress(scanId, percent + 0.5), findings(scanId)]);
      await evictDurableObject(feedOf(org.id));
    }
    await feedOf(org.id).publish([progress(scanId, 40)]);
    await expect.poll(() => client.frames.findLast(({ type }) => type === "progress")?.["percent"]).toBe(40);
    await expect.poll(() => openedOf(client)).toBe(30);
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
