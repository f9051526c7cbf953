import { riskCaps } from "#scores/risk";
import { leaveAlerts } from "./alert-clock.ts";
import { recountedAround } from "./counters.ts";
import type { OrgContext } from "./context.ts";
import type { Statement } from "./database.ts";

/** What a batch touches: ids of findings, and of the resources they are about. */
export interface TouchedFindings {
  readonly ids: readonly string[];
  /** Of findings that are not there yet, or will not be; those that are, are looked up. */
  readonly resourceIds?: readonly string[];
}

/** What stands before and after statements that change findings. */
export interface Effects {
  readonly before: readonly Statement[];
  readonly after: readonly Statement[];
}

/**
 * Statements that change findings, with all that follows from findings kept equal to them in the same batch: counters, what
 * of their savings counts, recommendations, the sums of their resources, and what alerts are about.
 */
export function withEffects(org: OrgContext, touched: TouchedFindings, statements: readonly Statement[]): Statement[] {
  const { before, after } = effectsOf(org, touched);
  return [...before, ...statements, ...after];
}

/** The same, for a batch that puts something of its own in between: the audit row of `org.change`. */
export function effectsOf(org: OrgContext, { ids, resourceIds = [] }: TouchedFindings): Effects {
  const idsJson = JSON.stringify(ids);
  const touched: Touched = { idsJson, resourcesJson: JSON.stringify([...new Set(resourceIds)]) };
  const counted = recountedAround(org, "finding", idsJson);
  return {
    before: [addRecommendations(org, touched, -1), addSavings(org, touched, -1), ...counted.before],
    after: [
      ...counted.after,
      countSavings(org, touched),
      addRecommendations(org, touched, 1),
      addSavings(org, touched, 1),
      dropEmpty(org),
      sumResources(org, touched),
      ...leaveAlerts(org, idsJson),
    ],
  };
}

interface Touched {
  readonly idsJson: string;
  readonly resourcesJson: string;
}

/** Resources of what is touched: parameters 2 and 3. */
const resources = `(SELECT value FROM json_each(?3) UNION
  SELECT r.resource_id FROM json_each(?2) AS i CROSS JOIN findings AS r WHERE r.org_id = ?1 AND r.id = i.value)`;

/**
 * The touched findings, and those of the same resources whose savings may now count otherwise. Few: one row at a time, and by the
 * resource: SQLite would rather read every open finding for each.
 */
const concerned = `(SELECT value AS id FROM json_each(?2) UNION
  SELECT s.id FROM ${resources} AS t CROSS JOIN findings AS s INDEXED BY findings_by_resource
  WHERE s.org_id = ?1 AND s.resource_id = t.value AND s.status = 'open' AND s.savings_monthly IS NOT NULL)`;

const cents = (column: string): string => `CAST(round(100 * coalesce(${column}, 0)) AS INTEGER)`;

/** Adds (sign 1) or takes away (sign −1) what the open ones among them are now in their recommendations. */
function addRecommendations(org: OrgContext, { idsJson, resourcesJson }: Touched, sign: 1 | -1): Statement {
  const of = (severity: string): string => `${sign} * sum(f.severity = '${severity}')`;
  const sums = ["low", "medium", "high", "critical", "exposed", "production", "savings", "savings_counted"];
  return org.db.sql(
    `INSERT INTO recommendations (org_id, account_id, type, ${sums.join(", ")}, version, created_at, updated_at)
     SELECT ?1, f.account_id, f.type, ${["low", "medium", "high", "critical"].map(of).join(", ")},
       ${sign} * sum(f.exposure = 'internet'), ${sign} * sum(f.environment = 'production'),
       ${sign} * sum(${cents("f.savings_monthly")}), ${sign} * sum(${cents("f.savings_counted")}), 1, ?4, ?4
     FROM ${concerned} AS c CROSS JOIN findings AS f
     WHERE f.org_id = ?1 AND f.id = c.id AND f.status = 'open' GROUP BY f.account_id, f.type
     ON CONFLICT (org_id, account_id, type) DO UPDATE SET
       ${sums.map((column) => `${column} = ${column} + excluded.${column}`).join(", ")}, unranked = 1, updated_at = excluded.updated_at`,
    org.id,
    idsJson,
    resourcesJson,
    org.now.toISOString(),
  );
}

/** The same of what may be saved in all and in each account, in cents. */
const addSavings = (org: OrgContext, { idsJson, resourcesJson }: Touched, sign: 1 | -1): Statement =>
  org.db.sql(
    `INSERT INTO counters (org_id, subject, dimension, value, total, open, snoozed, ignored, resolved)
     SELECT ?1, 'saving', d.key, d.value, ${sign} * count(*), ${sign} * sum(${cents("f.savings_counted")}), 0, 0, 0
     FROM ${concerned} AS c CROSS JOIN findings AS f CROSS JOIN json_each(json_object('all', '', 'account', f.account_id)) AS d
     WHERE f.org_id = ?1 AND f.id = c.id AND f.status = 'open' AND f.savings_monthly IS NOT NULL GROUP BY d.key, d.value
     ON CONFLICT (org_id, subject, dimension, value) DO UPDATE SET total = total + excluded.total, open = open + excluded.open`,
    org.id,
    idsJson,
    resourcesJson,
  );

/** Of all that could be saved on one resource only the largest counts: it is the same money. */
const countSavings = (org: OrgContext, { idsJson, resourcesJson }: Touched): Statement =>
  org.db.sql(
    `UPDATE findings SET savings_counted = CASE WHEN status = 'open' AND id = (
         SELECT b.id FROM findings AS b INDEXED BY findings_by_resource WHERE b.org_id = ?1 AND b.resource_id = findings.resource_id AND b.status = 'open'
           AND b.savings_monthly IS NOT NULL ORDER BY b.savings_monthly DESC, b.id LIMIT 1) THEN savings_monthly ELSE 0 END
     WHERE org_id = ?1 AND id IN ${concerned} AND (savings_monthly IS NOT NULL OR savings_counted <> 0)`,
    org.id,
    idsJson,
    resourcesJson,
  );

const dropEmpty = (org: OrgContext): Statement =>
  org.db.sql(
    `DELETE FROM recommendations WHERE org_id = ?1 AND low + medium + high + critical = 0 AND status = 'open'`,
    org.id,
  );

const capOf = `CASE f.severity ${Object.entries(riskCaps)
  .map(([severity, cap]) => `WHEN '${severity}' THEN ${cap}`)
  .join(" ")} END`;

/** What is snoozed is a risk all the same; what is ignored was accepted. */
const sumResources = (org: OrgContext, { idsJson, resourcesJson }: Touched): Statement =>
  org.db.sql(
    `UPDATE resources SET
       risk_log = coalesce((SELECT sum(s.capped) FROM (
         SELECT min(${capOf}, sum(f.risk_log)) AS capped FROM findings AS f INDEXED BY findings_by_resource
         WHERE f.org_id = ?1 AND f.resource_id = resources.id AND f.status IN ('open', 'snoozed') GROUP BY f.severity) AS s), 0),
       savings_monthly = (SELECT max(f.savings_monthly) FROM findings AS f INDEXED BY findings_by_resource
         WHERE f.org_id = ?1 AND f.resource_id = resources.id AND f.status = 'open')
     WHERE org_id = ?1 AND id IN ${resources}`,
    org.id,
    idsJson,
    resourcesJson,
  );
