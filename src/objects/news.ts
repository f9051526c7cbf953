import type { NumberedFrame, ScanRecord, ServerFrame } from "#db/frames";
import { framesAfter, framesAfterEvent, type Feed } from "./frame-store.ts";

/** The state of a scan, from what the database says and how far its frames are. */
export function stateFrame(
  { id, status, accountId, awsAccountId, startedAt, completedAt }: ScanRecord,
  feed: Feed,
): ServerFrame {
  const percent = status === "complete" || status === "partial" ? 100 : feed.percent;
  return {
    type: "sync",
    scan: { id, status, percent, accountId, awsAccountId, startedAt, completedAt, seq: feed.seq },
  };
}

/**
 * What a socket has missed, in order: of a scan that is resumed all after the number it is resumed from, unless that is no
 * longer kept; of the others what was published since the event `since`. Faults: UNAVAILABLE.
 */
export function newsSince(kv: SyncKvStorage, since: number, resume: ReadonlyMap<string, number>): NumberedFrame[] {
  const resumed = new Map([...resume].map(([id, seq]) => [id, framesAfter(kv, id, seq)]));
  const others = framesAfterEvent(kv, since).filter(({ scanId }) => !resumed.get(scanId));
  return [...[...resumed.values()].flatMap((frames) => frames ?? []), ...others].toSorted(
    (a, b) => a.eventId - b.eventId,
  );
}
