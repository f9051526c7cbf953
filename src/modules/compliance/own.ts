import { and, eq } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { customFrameworks } from "#db/schema";
import { Fault, notFound, type FaultDetail } from "#lib/fault";
import type { FrameworkInput } from "./own-shapes.ts";
import { builtInIds } from "./score.ts";
import type { FrameworkRow } from "./standing.ts";

/** Frameworks of one organization's own. */
export const ownMax = 50;

export const ownStatement = (org: OrgContext, id: string): Statement =>
  org.db.select().from(customFrameworks).where(isOwn(org, id));

export const isOwn = (org: OrgContext, id: string) =>
  and(eq(customFrameworks.orgId, org.id), eq(customFrameworks.id, id));

/** One of the organization's own. Faults: RESOURCE_NOT_FOUND, CONFLICT for a built-in one. */
export async function getOwn(org: OrgContext, id: string): Promise<FrameworkRow> {
  if (builtInIds.includes(id)) throw builtIn(id);
  const [rows] = await org.db.atomic([ownStatement(org, id)]);
  // safe: the statement answers rows of the table.
  const [row] = rows as FrameworkRow[];
  if (!row) throw notFound("framework");
  return row;
}

export const builtIn = (id: string): Fault =>
  new Fault("CONFLICT", `\`${id}\` is built in and cannot be changed. Choose another id.`);

/** What the audit log tells. */
export const audited = ({ title, edition, controls }: FrameworkInput): Record<string, unknown> => ({
  title,
  edition,
  controls,
});

/** Where frameworks name rules, by the rule's id. */
interface NamedRule {
  readonly rule: string;
  readonly pointer: string;
}

const prefix = "rule:";

export const rulesNamedIn = ({ controls }: Pick<FrameworkInput, "controls">, at = ""): NamedRule[] =>
  controls.flatMap(({ checks }, control) =>
    checks.flatMap((name, index) =>
      name.startsWith(prefix)
        ? [{ rule: name.slice(prefix.length), pointer: `${at}/controls/${control}/checks/${index}` }]
        : [],
    ),
  );

/** Fault: INVALID_REQUEST for rules that the organization does not have. */
export async function refuseUnknownRules(org: OrgContext, named: readonly NamedRule[]): Promise<void> {
  if (named.length === 0) return;
  const [rows] = await org.db.atomic([
    org.db.sql(
      "SELECT r.id FROM json_each(?2) AS n CROSS JOIN rules AS r WHERE r.org_id = ?1 AND r.id = n.value AND r.ended_at IS NULL",
      org.id,
      JSON.stringify(named.map(({ rule }) => rule)),
    ),
  ]);
  // safe: the statement's own column.
  const known = new Set((rows as { id: string }[]).map(({ id }) => id));
  const errors = named
    .filter(({ rule }) => !known.has(rule))
    .map(({ pointer }): FaultDetail => ({ in: "body", pointer, message: "is not a rule of your organization" }));
  if (errors.length > 0)
    throw new Fault("INVALID_REQUEST", "It names rules that are not there; see `errors`.", { errors });
}
