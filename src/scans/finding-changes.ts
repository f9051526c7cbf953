import type { Statement } from "#db/database";
import { withEffects } from "#db/finding-effects";
import type { FindingWrite } from "./change.ts";
import type { ClaimedTask } from "./claim.ts";
import type { Transitions } from "./finding-events.ts";
import { openFindings, resolveFindings, unverifyFindings, type Ended, type Writing } from "./finding-statements.ts";

/** A finding of a collector's resource. */
export interface Touched {
  readonly id: string;
  readonly collector: string;
}

/** What one batch does to findings. */
export interface FindingChanges {
  readonly opens: readonly FindingWrite[];
  readonly resolves: readonly Touched[];
  readonly unverified: readonly Touched[];
}

/** What was known of a collector before this scan. */
export type KnownRuns = (collector: string) => { readonly runs: number; readonly completeAt: string | null };

/** What is stored of a finding that is about to change. */
export interface KnownFinding {
  readonly id: string;
  readonly status: string;
  readonly decisive: string;
  readonly suppressionId: string | null;
  /** 1: no suppression takes it. */
  readonly exempt: number;
  readonly severity: string;
  readonly type: string;
  readonly title: string;
  readonly summary: string;
  readonly service: string;
  readonly region: string;
  readonly resourceId: string;
  readonly resourceArn: string | null;
  readonly resourceName: string | null;
}

/**
 * What these changes will mean, from what is stored now. The statements decide for themselves; should a person change a
 * finding in between, only what is told of it is a moment old.
 */
export async function transitionsOf(
  task: Pick<ClaimedTask, "org">,
  { opens, resolves }: FindingChanges,
): Promise<Transitions> {
  const known = await knownFindings(
    task,
    [...opens, ...resolves].map(({ id }) => id),
  );
  const told = opens.filter(({ id, suppression }) => suppression === null || known.get(id)?.exempt === 1);
  return {
    opened: told.filter(({ id }) => !known.has(id)),
    reopened: told.filter((open) => comesBack(known.get(open.id), open)),
    raised: told.filter((open) => isRaised(known.get(open.id), open)),
    resolved: resolves.flatMap(({ id }) => {
      const row = known.get(id);
      return row && row.status !== "resolved" ? [row] : [];
    }),
  };
}

const comesBack = (row: KnownFinding | undefined, open: FindingWrite): boolean =>
  row !== undefined && (row.status === "resolved" || row.suppressionId !== null || isDecidedAnew(row, open));

/** What a person snoozed or ignored is no longer the same. */
const isDecidedAnew = ({ status, decisive }: KnownFinding, open: FindingWrite): boolean =>
  (status === "ignored" || status === "snoozed") && decisive !== "" && decisive !== open.decisive;

const isRaised = (row: KnownFinding | undefined, open: FindingWrite): boolean =>
  row?.status === "open" && row.severity !== "critical" && open.severity === "critical";

async function knownFindings(
  { org }: Pick<ClaimedTask, "org">,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnownFinding>> {
  if (ids.length === 0) return new Map();
  const [rows] = await org.db.atomic([
    org.db.sql(
      `SELECT id, status, decisive, suppression_id AS suppressionId, exempt, severity, type, title, summary, service, region, resource_id AS resourceId,
         resource_arn AS resourceArn, resource_name AS resourceName
       FROM findings WHERE org_id = ?1 AND id IN (SELECT value FROM json_each(?2))`,
      org.id,
      JSON.stringify(ids),
    ),
  ]);
  // safe: the statement's own columns.
  return new Map((rows as KnownFinding[]).map((row) => [row.id, row]));
}

/** The statements of these changes, the counters with them. */
export function findingStatements(
  task: Writing,
  { opens, resolves, unverified }: FindingChanges,
  known: KnownRuns,
): Statement[] {
  const ids = [...opens, ...resolves].map(({ id }) => id);
  const ended = ({ id, collector }: Touched): Ended => ({ id, ...known(collector) });
  const statements = [
    ...openFindings(
      task,
      opens.map((open) => ({ ...open, runs: known(open.collector).runs })),
    ),
    ...resolveFindings(task, resolves.map(ended)),
  ];
  const resourceIds = opens.map(({ resourceId }) => resourceId);
  return [
    ...(ids.length > 0 ? withEffects(task.org, { ids, resourceIds }, statements) : []),
    ...unverifyFindings(task, unverified.map(ended)),
  ];
}
