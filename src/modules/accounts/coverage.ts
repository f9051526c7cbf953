import { and, eq } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { coverage } from "#db/schema";
import type { CollectorState } from "#db/values";
import { ofAccounts } from "./account-filter.ts";

/** What is known of one place of an account: the part of a coverage row that lists read. */
export interface PlaceCoverage {
  readonly accountId: string;
  readonly region: string;
  /** Number of the newest scan of this place. */
  readonly seq: number;
  readonly collectors: Readonly<Record<string, CollectorState>>;
}

/** Where a thing was seen, and by which collector. */
export interface SeenBy {
  readonly accountId: string;
  readonly place: string;
  readonly collector: string;
}

/** What coverage knows of the collector that sees a thing; null: nothing. */
export interface Sight {
  readonly completeAt: string | null;
  readonly runs: number;
  /** The newest scan of the place saw the whole list. */
  readonly complete: boolean;
}

export type Sights = (seen: SeenBy) => Sight | null;

/** Reads one row per account and region; of all accounts or of those named. */
export const coverageStatement = (org: OrgContext, refs?: readonly string[]): Statement =>
  org.db
    .select({
      accountId: coverage.accountId,
      region: coverage.region,
      seq: coverage.seq,
      collectors: coverage.collectors,
    })
    .from(coverage)
    .where(and(eq(coverage.orgId, org.id), ofAccounts(org, coverage.accountId, refs)));

/** Looks up in what `coverageStatement` answered. */
export function sightsIn(answer: unknown): Sights {
  // safe: the statement above selects exactly these members.
  const places = new Map((answer as PlaceCoverage[]).map((row) => [`${row.accountId}/${row.region}`, row]));
  return ({ accountId, place, collector }) => {
    const row = places.get(`${accountId}/${place}`);
    const state = row?.collectors[collector];
    if (!row || !state) return null;
    return { completeAt: state.completeAt, runs: state.runs, complete: state.completeSeq === row.seq };
  };
}

/** The later of two moments. */
export const later = (a: string, b: string | null): string => (b !== null && b > a ? b : a);
