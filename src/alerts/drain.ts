import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { newId } from "#lib/id";
import { filterSql } from "./filter.ts";
import { countEvaluation, groupSql, pinVersions, type AlertRule } from "./rule.ts";

/** Events in one batch: up to 1 MB, and 2,500 findings. */
const eventsMax = 50;

/**
 * Hands what happened to the rules it feeds, slice by slice: what of it is open now and passes a rule's filter becomes a member
 * of the rule, not yet told. What belongs to a run waits until no scan of it is active. Each event is taken out in the batch that
 * has its effect, so that it has it once, however many do this side by side. Ends when so many statements were asked. Answers whether something is left.
 */
export async function drainInbox(
  org: OrgContext,
  rules: readonly AlertRule[],
  statementsMax: number,
): Promise<boolean> {
  for (;;) {
    const run = await endedRun(org);
    if (run === null) return false;
    if (org.db.meter.statements > statementsMax) return true;
    await takeSlice(org, rules, run);
  }
}

/** A run with events in the inbox and no active scan; empty: events of no run; null: there is none. Steps from run to run. */
async function endedRun(org: OrgContext): Promise<string | null> {
  const [rows] = await org.db.atomic([
    org.db.sql(
      `WITH RECURSIVE waiting(run) AS (
         SELECT (SELECT min(run_id) FROM alert_inbox WHERE org_id = ?1)
         UNION ALL
         SELECT (SELECT min(i.run_id) FROM alert_inbox AS i WHERE i.org_id = ?1 AND i.run_id > w.run) FROM waiting AS w WHERE w.run IS NOT NULL)
       SELECT run FROM waiting WHERE run IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM scans AS s WHERE s.org_id = ?1 AND s.run_id = run AND s.active = 1) LIMIT 1`,
      org.id,
    ),
  ]);
  // safe: the statement's own column.
  return (rows as { run: string }[])[0]?.run ?? null;
}

const slice = `SELECT event_id, asked FROM alert_inbox WHERE org_id = ?1 AND run_id = ?2 ORDER BY event_id LIMIT ${eventsMax}`;

async function takeSlice(org: OrgContext, rules: readonly AlertRule[], run: string): Promise<void> {
  // What belongs to no run is an occasion of its own.
  const occasion = run === "" ? `at:${newId()}` : run;
  await org.db.atomic([
    pinVersions(org, rules),
    ...rules.map((rule) => addMembers(org, rule, run, occasion)),
    countEvaluation(
      org,
      rules.map(({ id }) => id),
    ),
    org.db.sql(
      `DELETE FROM alert_inbox WHERE org_id = ?1 AND run_id = ?2 AND event_id IN (SELECT event_id FROM (${slice}))`,
      org.id,
      run,
    ),
  ]);
}

/** SQL, of a member that was told: it is critical now, and its alert was not. What happened to it is that it became so. */
const isRaised = `told = 1 AND EXISTS (SELECT 1 FROM findings AS f CROSS JOIN alerts AS a WHERE f.org_id = ?1
  AND f.id = alert_members.subject AND f.severity = 'critical' AND a.org_id = ?1 AND a.id = alert_members.alert_id AND a.severity <> 'critical')`;

function addMembers(
  org: OrgContext,
  { id, condition, route, listens, since }: AlertRule,
  run: string,
  occasion: string,
): Statement {
  const { filter = {}, atLeast = 1 } = condition.kind === "findings" ? condition : {};
  // What was found enough once stays enough.
  const again = `DO UPDATE SET told = 0, occasion = ${atLeast > 1 ? "''" : "excluded.occasion"} WHERE ${isRaised}`;
  return org.db.sql(
    `INSERT INTO alert_members (org_id, rule_id, subject, group_key, occasion)
     SELECT ?1, ?3, f.id, ${groupSql(route, "?5 -> 'route'")}, ?4
     FROM (${slice}) AS i CROSS JOIN events AS e CROSS JOIN json_each(e.data -> 'findings') AS x CROSS JOIN findings AS f
     WHERE e.org_id = ?1 AND e.id = i.event_id AND i.asked >= ?6
       AND EXISTS (SELECT 1 FROM json_each(e.names) AS n WHERE n.value IN (SELECT value FROM json_each(?5 -> 'listens')))
       AND f.org_id = ?1 AND f.id = x.value ->> 'id' AND ${filterSql(filter, "?5 -> 'filter'")}
     ON CONFLICT (org_id, rule_id, subject) ${listens.includes("finding.critical") ? again : "DO NOTHING"}`,
    org.id,
    run,
    id,
    occasion,
    JSON.stringify({ listens, route, filter }),
    since,
  );
}
