import { isLastFrame, type NumberedFrame, type ScanFindings, type ScanFrame } from "#db/frames";
import { Fault } from "#lib/fault";

/** Where one scan's frames are. */
export interface Feed {
  /** Number of the last frame; 0: none yet. */
  readonly seq: number;
  readonly percent: number;
  /** The last frame of all was published: nothing more is taken. */
  readonly ended: boolean;
  /** When that was; null: it has not ended. */
  readonly endedAtMs: number | null;
}

/** Frames kept for each scan; the oldest makes room. */
const framesKept = 200;
/** Frames kept of the whole organization, for those who have missed some of any scan. */
const eventsKept = 1_000;
/**
 * Scans whose frames are kept after their end, and scans kept in all; those that ended, or began, first go first,
 * under way or not: an end that is lost while nobody listens must not keep its frames for ever.
 */
const endedFeedsKept = 50;
const feedsKept = 1_000;
/** Ended scans of which nothing is kept but that they have ended: their tasks may still have something to say. */
const goneKept = 1_000;
const goneKey = "gone";

/** A scan that has said nothing yet. */
export const emptyFeed: Feed = { seq: 0, percent: 0, ended: false, endedAtMs: null };

const feedKey = (scanId: string): string => `feed:${scanId}`;
/** A ring: frame 201 takes the place of frame 1. */
const frameKey = (scanId: string, seq: number): string => `frame:${scanId}:${seq % framesKept}`;

const heldKey = (scanId: string): string => `held:${scanId}`;

const lastEventKey = "lastEventId";
/** A ring, too. */
const eventKey = (eventId: number): string => `event:${eventId % eventsKept}`;

/** Number of the last frame of all; 0: none yet. */
export const lastEventId = (kv: SyncKvStorage): number => kv.get<number>(lastEventKey) ?? 0;

export const feedOf = (kv: SyncKvStorage, scanId: string): Feed => kv.get<Feed>(feedKey(scanId)) ?? emptyFeed;

/** Scan id → feed. */
export function allFeeds(kv: SyncKvStorage): Map<string, Feed> {
  const entries = [...kv.list<Feed>({ prefix: "feed:" })];
  return new Map(entries.map(([key, feed]) => [key.slice("feed:".length), feed]));
}

/** Remembers that a scan is under way, before it has said anything. */
export function openFeed(kv: SyncKvStorage, scanId: string): void {
  if (kv.get(feedKey(scanId)) !== undefined) return;
  makeRoom(kv);
  kv.put(feedKey(scanId), emptyFeed);
}

/**
 * Numbers a frame and keeps it. Percent never falls within a scan; what comes after its last frame (a message delivered
 * twice, a task that was late) is dropped: null.
 */
export function append(kv: SyncKvStorage, frame: ScanFrame): NumberedFrame | null {
  if (isGone(kv, frame.scanId)) return null;
  openFeed(kv, frame.scanId);
  const feed = feedOf(kv, frame.scanId);
  if (feed.ended) return null;
  const numbers = { seq: feed.seq + 1, eventId: lastEventId(kv) + 1 };
  const percent = frame.type === "progress" ? Math.max(feed.percent, Math.min(100, frame.percent)) : feed.percent;
  const numbered: NumberedFrame =
    frame.type === "progress" ? { ...frame, percent, ...numbers } : { ...frame, ...numbers };
  kv.put(frameKey(frame.scanId, numbers.seq), numbered);
  kv.put(eventKey(numbers.eventId), numbered);
  kv.put(lastEventKey, numbers.eventId);
  const ended = isLastFrame(frame);
  kv.put(feedKey(frame.scanId), { seq: numbers.seq, percent, ended, endedAtMs: ended ? Date.now() : null });
  return numbered;
}

/** Whether all frames after this number are kept, and it was given. */
export function keepsAfter(kv: SyncKvStorage, eventId: number): boolean {
  const count = lastEventId(kv) - eventId;
  return count >= 0 && count <= eventsKept;
}

/** The frames of all scans after this number, in order. Faults: UNAVAILABLE, some of them are no longer kept. */
export function framesAfterEvent(kv: SyncKvStorage, eventId: number): NumberedFrame[] {
  if (!keepsAfter(kv, eventId)) throw new Fault("UNAVAILABLE", "More happened meanwhile than is kept.");
  const count = lastEventId(kv) - eventId;
  const frames = Array.from({ length: count }, (_, at) => kv.get<NumberedFrame>(eventKey(eventId + 1 + at)));
  // What is missing was a deleted scan's.
  return frames.filter((frame) => frame !== undefined);
}

/** The frames after this number, in order; null when some of them are no longer kept, or the number was never given. */
export function framesAfter(kv: SyncKvStorage, scanId: string, seq: number): NumberedFrame[] | null {
  const feed = feedOf(kv, scanId);
  const count = feed.seq - seq;
  if (count < 0 || count > framesKept) return null;
  const numbers = Array.from({ length: count }, (_, index) => seq + 1 + index);
  const frames = numbers.map((number) => kv.get<NumberedFrame>(frameKey(scanId, number)));
  return frames.every((frame) => frame !== undefined) ? frames : null;
}

/** Keeps findings of a scan that wait to be published; null: none do any more. */
export function keepHeld(kv: SyncKvStorage, scanId: string, held: ScanFindings | null): void {
  if (held) kv.put(heldKey(scanId), held);
  else kv.delete(heldKey(scanId));
}

/** Takes the findings that waited when the memory was lost. */
export function takeHeld(kv: SyncKvStorage): ScanFindings[] {
  const held = [...kv.list<ScanFindings>({ prefix: heldKey("") })];
  for (const [key] of held) kv.delete(key);
  return held.map(([, frame]) => frame);
}

/** Forgets all that a scan has said. */
export function deleteScanFrames(kv: SyncKvStorage, scanId: string): void {
  deleteFeed(kv, scanId);
  const events = [...kv.list<NumberedFrame>({ prefix: "event:" })];
  for (const [key, frame] of events) if (frame.scanId === scanId) kv.delete(key);
}

function deleteFeed(kv: SyncKvStorage, scanId: string): void {
  kv.delete(feedKey(scanId));
  // Listed before the first is deleted: the list reads on as it is walked.
  const frames = [...kv.list({ prefix: `frame:${scanId}:` })];
  for (const [key] of frames) kv.delete(key);
}

const goneIds = (kv: SyncKvStorage): string[] => kv.get<string[]>(goneKey) ?? [];

const isGone = (kv: SyncKvStorage, scanId: string): boolean =>
  kv.get(feedKey(scanId)) === undefined && goneIds(kv).includes(scanId);

/** Scan ids are in order of time, so the greatest are the newest. */
function makeRoom(kv: SyncKvStorage): void {
  const newestFirst = [...allFeeds(kv)].toReversed();
  const ended = newestFirst
    .filter(([, feed]) => feed.ended)
    .toSorted(([, a], [, b]) => (b.endedAtMs ?? 0) - (a.endedAtMs ?? 0));
  const gone = ended.slice(endedFeedsKept - 1).map(([scanId]) => scanId);
  for (const scanId of gone) deleteFeed(kv, scanId);
  if (gone.length > 0) kv.put(goneKey, [...gone, ...goneIds(kv)].slice(0, goneKept));
  for (const [scanId] of newestFirst.slice(feedsKept - 1)) deleteFeed(kv, scanId);
}
