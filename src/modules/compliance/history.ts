import { aboutChecks } from "#scans/about";
import type { OrgContext } from "#db/context";
import type { CheckCounts } from "#db/values";
import { namedFrameworks, scoredFramework, type ScoredFramework } from "./score.ts";
import { accountStatement, ownIn, ownStatements, requireAccount, rolledUpAs } from "./standing.ts";

export interface HistoryQuery {
  readonly days: number;
  readonly accountId?: string | undefined;
  readonly framework?: readonly string[] | undefined;
}

/** The scores of one day. */
export interface HistoryPoint {
  /** `2026-11-20`, UTC. */
  readonly day: string;
  readonly frameworks: readonly ScoredFramework[];
}

const dayMs = 86_400_000;

/**
 * The scores of the last days, one point for each day with a scan: what was counted then, held against the controls as they
 * are mapped now. Reads one row a day. Faults: INVALID_REQUEST, RESOURCE_NOT_FOUND.
 */
export async function getHistory(
  org: OrgContext,
  { days, accountId, framework }: HistoryQuery,
): Promise<HistoryPoint[]> {
  const since = new Date(org.now.getTime() - (days - 1) * dayMs).toISOString().slice(0, 10);
  const [found, rows, ...added] = await org.db.atomic([
    accountStatement(org, accountId),
    org.db.sql(
      `SELECT day, checks FROM daily_verdicts WHERE org_id = ?1 AND account_id = ${rolledUpAs} AND day >= ?3 ORDER BY day`,
      org.id,
      accountId ?? null,
      since,
    ),
    ...ownStatements(org),
  ]);
  requireAccount(found, accountId);
  const about = await aboutChecks(org.env);
  const own = ownIn(added);
  const named = namedFrameworks(own, framework);
  // safe: the statement's own columns.
  return (rows as { day: string; checks: string }[]).map(({ day, checks }) => {
    const counted = { verdicts: JSON.parse(checks) as CheckCounts, excepted: null };
    return { day, frameworks: named.map((one) => scoredFramework(about, one, own, counted)) };
  });
}
