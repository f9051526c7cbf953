import type { NumberedFrame, ScanRecord, ServerFrame } from "#db/frames";
import { allFeeds, feedOf, framesAfter, type Feed } from "./frame-store.ts";

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
 * What was published since `before` was taken, of one scan or of all; of a scan that is resumed, all after the number it is
 * resumed from, unless that is no longer kept.
 */
export function newsSince(
  kv: SyncKvStorage,
  before: ReadonlyMap<string, Feed>,
  scanId: string | null,
  resume: ReadonlyMap<string, number>,
): NumberedFrame[] {
  const scanIds = scanId === null ? [...allFeeds(kv).keys()] : [scanId];
  return scanIds.flatMap((id) => {
    const from = resume.get(id);
    const missed = from === undefined ? null : framesAfter(kv, id, from);
    if (missed) return missed;
    const seen = before.get(id)?.seq ?? 0;
    return feedOf(kv, id).seq > seen ? (framesAfter(kv, id, seen) ?? []) : [];
  });
}
