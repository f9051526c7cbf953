import type { InferSelectModel } from "drizzle-orm";
import type { findings } from "#db/schema";
import { later, type Sight, type Sights } from "#modules/accounts";

export type FindingRow = InferSelectModel<typeof findings>;

/** What follows from the runs of a finding's collector instead of being written with each of them. */
export interface Detection {
  readonly lastDetectedAt: string;
  /** How many scans saw it. */
  readonly detectionCount: number;
  /** When it was last known to be what it is. */
  readonly lastVerifiedAt: string;
  /** Nothing newer is known: its collector did not see everything in the newest scan, or it could not be judged. */
  readonly stale: boolean;
}

/** A finding with what coverage knows of it. */
export interface Finding {
  readonly row: FindingRow;
  readonly detection: Detection;
}

export const findingOf = (row: FindingRow, sights: Sights): Finding => ({
  row,
  detection: detectionOf(row, sights(row)),
});

/** While it is verified and not resolved, each complete run of its collector saw it once more. */
export function detectionOf(row: FindingRow, sight: Sight | null): Detection {
  const resolved = row.status === "resolved";
  const running = row.verified && !resolved;
  const lastDetectedAt = running ? later(row.lastDetectedAt, sight?.completeAt ?? null) : row.lastDetectedAt;
  const lastKnownAt = later(lastDetectedAt, resolved ? row.resolvedAt : null);
  return {
    lastDetectedAt,
    detectionCount: row.detectionsBefore + (running ? Math.max(1, (sight?.runs ?? 0) - row.runsAtStart) : 0),
    lastVerifiedAt: row.verified ? later(lastKnownAt, sight?.completeAt ?? null) : lastKnownAt,
    stale: !row.verified || sight?.complete !== true,
  };
}
