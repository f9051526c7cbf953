import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { Fault } from "#lib/fault";
import type { Exported } from "./export.ts";
import type { PlannedRule } from "./import-rules.ts";
import type { NewFramework } from "./own-shapes.ts";

interface Changed {
  readonly frameworks: readonly NewFramework[];
  readonly rules: readonly PlannedRule[];
}

/** All of it in one batch, which fails when something has changed since it was read. Fault: CONFLICT. */
export async function storeImport(org: OrgContext, changed: Changed, stored: Exported): Promise<void> {
  const entry = {
    action: "compliance.import",
    target: { type: "organization", id: org.id },
    after: { frameworks: changed.frameworks.map(({ id }) => id), rules: changed.rules.map(({ id }) => id) },
  } as const;
  const states = { rules: stateOf(stored.rules), frameworks: stateOf(stored.frameworks) };
  const statements = [
    ...(changed.rules.length > 0 ? [upsertRules(org, changed.rules, states)] : []),
    ...(changed.frameworks.length > 0 ? [upsertFrameworks(org, changed.frameworks, states.frameworks)] : []),
  ];
  const [first, ...rest] = statements;
  if (!first) return;
  try {
    await org.change(entry, [first, ...rest]);
  } catch (cause) {
    if (!String((cause as Error | undefined)?.message).includes(refusal)) throw cause;
    throw new Fault("CONFLICT", "Somebody changed a framework or a rule at the same moment. Import again.", { cause });
  }
}

/** No JSON path: SQLite says so, and the batch fails. */
const refusal = "changed since";

const stateOf = (rows: readonly { readonly id: string; readonly version: number }[]): string =>
  rows.map(({ id, version }) => `${id}:${version}`).join(" ");

const isStill = (table: string, parameter: string): string =>
  `(SELECT coalesce(group_concat(s.id || ':' || s.version, ' '), '') FROM (SELECT id, version FROM ${table} ORDER BY id) AS s) = ${parameter}`;
const rulesStand = isStill("rules WHERE org_id = ?1 AND ended_at IS NULL", "?3");
const frameworksStand = (parameter: string): string => isStill("custom_frameworks WHERE org_id = ?1", parameter);
const orFail = (condition: string): string =>
  `json_extract('{}', CASE WHEN ${condition} THEN '$' ELSE '${refusal}' END) IS NOT NULL`;

/** One that is switched off leaves no findings: the cron job resolves them. */
const upsertRules = (
  org: OrgContext,
  rules: readonly PlannedRule[],
  states: { readonly rules: string; readonly frameworks: string },
): Statement =>
  org.db.sql(
    `INSERT INTO rules (org_id, id, name, description, framework, control, severity, category, resource_types, condition, expression,
       remediation, enabled, version, created_by, created_at, updated_at)
     SELECT ?1, r.value ->> 'id', i.value ->> 'name', i.value ->> 'description', i.value ->> 'framework', i.value ->> 'control',
       i.value ->> 'severity', i.value ->> 'category', i.value -> 'resourceTypes', nullif(i.value -> 'condition', 'null'),
       i.value ->> 'expression', i.value ->> 'remediation', i.value ->> 'enabled', 1, ?5, ?6, ?6
     FROM json_each(?2) AS r CROSS JOIN json_each(json_array(json(r.value -> 'input'))) AS i
     WHERE ${orFail(`${rulesStand} AND ${frameworksStand("?4")}`)}
     ON CONFLICT (org_id, id) DO UPDATE SET name = excluded.name, description = excluded.description, framework = excluded.framework,
       control = excluded.control, severity = excluded.severity, category = excluded.category, resource_types = excluded.resource_types,
       condition = excluded.condition, expression = excluded.expression, remediation = excluded.remediation,
       resolving = (excluded.enabled = 0 AND (enabled = 1 OR resolving = 1)), enabled = excluded.enabled, version = version + 1,
       updated_at = excluded.updated_at`,
    org.id,
    JSON.stringify(rules.map(({ id, input }) => ({ id, input }))),
    states.rules,
    states.frameworks,
    org.actor.id,
    org.now.toISOString(),
  );

const upsertFrameworks = (org: OrgContext, frameworks: readonly NewFramework[], state: string): Statement =>
  org.db.sql(
    `INSERT INTO custom_frameworks (org_id, id, title, edition, controls, version, created_at, updated_at)
     SELECT ?1, f.value ->> 'id', f.value ->> 'title', f.value ->> 'edition', f.value -> 'controls', 1, ?4, ?4 FROM json_each(?2) AS f
     WHERE ${orFail(frameworksStand("?3"))}
     ON CONFLICT (org_id, id) DO UPDATE SET title = excluded.title, edition = excluded.edition, controls = excluded.controls,
       version = version + 1, updated_at = excluded.updated_at`,
    org.id,
    JSON.stringify(frameworks),
    state,
    org.now.toISOString(),
  );
