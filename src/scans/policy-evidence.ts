import { severities } from "#checks/check";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import type { PolicyCondition } from "#db/values";
import type { OwnFramework, OwnRule } from "#scores/controls";
import { worstResources } from "#scores/risk";
import { newCountMax, type ConditionFacts, type EndedScan } from "./policy-judgement.ts";

/** Statements in one batch. */
const batchMax = 100;

export const keyOf = (condition: PolicyCondition): string => JSON.stringify(condition);

/** What these conditions are judged from, each asked once. Reads no more rows than a condition counts. */
export async function factsOf(
  org: OrgContext,
  scan: EndedScan,
  conditions: readonly PolicyCondition[],
): Promise<ReadonlyMap<string, ConditionFacts>> {
  const asked = [...new Map(conditions.map((one) => [keyOf(one), one] as const))].flatMap(([key, condition]) => {
    const statement = statementOf(org, scan, condition);
    return statement ? [{ key, condition, statement }] : [];
  });
  const facts = new Map<string, ConditionFacts>();
  for (let start = 0; start < asked.length; start += batchMax) {
    const batch = asked.slice(start, start + batchMax);
    const answers = await org.db.atomic(batch.map(({ statement }) => statement));
    // safe: each statement answers one row of its own columns.
    batch.forEach(({ key, condition }, at) => facts.set(key, read(condition, (answers[at] as [Answer])[0])));
  }
  return facts;
}

interface Answer {
  readonly findings?: number;
  readonly since?: string | null;
  readonly risks?: string;
  readonly controls?: string | null;
  readonly rules?: string;
}

function read(condition: PolicyCondition, { risks, controls, rules, ...rest }: Answer): ConditionFacts {
  if (condition.kind === "risk_at_most") return { risks: JSON.parse(risks ?? "[]") as number[] };
  if (condition.kind !== "score_at_least") return rest;
  const own = controls ? { id: condition.framework, controls: JSON.parse(controls) as OwnFramework["controls"] } : null;
  return { framework: own, rules: JSON.parse(rules ?? "[]") as OwnRule[] };
}

type Of<Kind extends PolicyCondition["kind"]> = Extract<PolicyCondition, { readonly kind: Kind }>;
type Kind = Exclude<PolicyCondition["kind"], "scan_complete">;

const statementOf = (org: OrgContext, scan: EndedScan, condition: PolicyCondition): Statement | null =>
  // safe: each is handed conditions of its own kind.
  condition.kind === "scan_complete" ? null : statements[condition.kind](org, scan, condition as never);

const statements: {
  readonly [K in Kind]: (org: OrgContext, scan: EndedScan, condition: Of<K>) => Statement;
} = {
  max_open: (org, { accountId }, { severity, count }) =>
    org.db.sql(
      `SELECT count(*) AS findings FROM (SELECT 1 FROM findings
         WHERE org_id = ?1 AND status = 'open' AND account_id = ?2 AND severity_rank >= ?3 LIMIT ?4)`,
      org.id,
      accountId,
      severities.indexOf(severity),
      count + 1,
    ),
  // Severity by severity, so that each follows the index to the moment.
  no_new: (org, scan, { severity, since }) =>
    org.db.sql(
      `SELECT p.since, (SELECT count(*) FROM (SELECT 1 FROM json_each(?3) AS s CROSS JOIN findings AS f
           WHERE f.org_id = ?1 AND f.status = 'open' AND f.account_id = ?2 AND f.severity_rank = s.value AND f.first_detected_at > p.since
           LIMIT ${newCountMax + 1})) AS findings
       FROM (SELECT CASE WHEN ?4 <> '' THEN ?4 ELSE (SELECT completed_at FROM scans
         WHERE org_id = ?1 AND account_id = ?2 AND id < ?5 AND status IN ('complete', 'partial') ORDER BY id DESC LIMIT 1) END AS since) AS p`,
      org.id,
      scan.accountId,
      JSON.stringify(severities.map((_, rank) => rank).slice(severities.indexOf(severity))),
      momentOf(since, org.now),
      scan.id,
    ),
  risk_at_most: (org, { accountId }) =>
    org.db.sql(
      `SELECT json_group_array(risk_log) AS risks FROM (SELECT risk_log FROM resources
         WHERE org_id = ?1 AND account_id = ?2 AND risk_log > 0 ORDER BY risk_log DESC LIMIT ${worstResources})`,
      org.id,
      accountId,
    ),
  check_passes: (org, { accountId }, { type }) =>
    org.db.sql(
      `SELECT coalesce(sum(low + medium + high + critical), 0) AS findings FROM recommendations
       WHERE org_id = ?1 AND account_id = ?2 AND type = ?3`,
      org.id,
      accountId,
      type,
    ),
  score_at_least: (org, _, { framework }) =>
    org.db.sql(
      `SELECT (SELECT controls FROM custom_frameworks WHERE org_id = ?1 AND id = ?2) AS controls,
         (SELECT json_group_array(json_object('id', id, 'severity', severity, 'framework', framework, 'control', control))
          FROM rules WHERE org_id = ?1 AND enabled = 1) AS rules`,
      org.id,
      framework,
    ),
};

const dayMs = 86_400_000;

/** An ISO moment; empty: the scan before. */
function momentOf(since: string, now: Date): string {
  const [, count, unit] = /^P(\d+)([DW])$/.exec(since) ?? [];
  if (since === "previous_scan") return "";
  if (count === undefined) return new Date(since).toISOString();
  return new Date(now.getTime() - Number(count) * (unit === "W" ? 7 : 1) * dayMs).toISOString();
}
