import { aboutChecks } from "#scans/about";
import type { OrgContext } from "#db/context";
import type { CheckCounts } from "#db/values";
import { notFound } from "#lib/fault";
import { namedFrameworks, scoredFramework, type ScoredFramework } from "./score.ts";
import { ownIn, ownStatements } from "./standing.ts";

export interface ScanCompliance {
  readonly scanId: string;
  readonly accountId: string | null;
  readonly status: string;
  readonly asOf: string | null;
  readonly frameworks: readonly ScoredFramework[];
}

/** What the checks said in one scan; nothing while it runs. Faults: INVALID_REQUEST, RESOURCE_NOT_FOUND. */
export async function getScanCompliance(
  org: OrgContext,
  { id, framework }: { readonly id: string; readonly framework?: readonly string[] | undefined },
): Promise<ScanCompliance> {
  const [rows, ...added] = await org.db.atomic([
    org.db.sql(
      "SELECT account_id AS accountId, status, completed_at AS completedAt, verdicts FROM scans WHERE org_id = ?1 AND id = ?2",
      org.id,
      id,
    ),
    ...ownStatements(org),
  ]);
  // safe: the statement's own columns.
  const [scan] = rows as {
    accountId: string | null;
    status: string;
    completedAt: string | null;
    verdicts: string | null;
  }[];
  if (!scan) throw notFound("scan");
  const own = ownIn(added);
  const about = await aboutChecks(org.env);
  const verdicts = scan.verdicts === null ? {} : (JSON.parse(scan.verdicts) as CheckCounts);
  const scored = namedFrameworks(own, framework).map((one) =>
    scoredFramework(about, one, own, { verdicts, excepted: null }),
  );
  return {
    scanId: id,
    accountId: scan.accountId,
    status: scan.status,
    asOf: scan.verdicts === null ? null : scan.completedAt,
    frameworks: scored,
  };
}
