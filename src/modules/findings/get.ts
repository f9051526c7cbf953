import { and, eq, sql } from "drizzle-orm";
import type { About } from "#checks/check";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { coverage, findings, resources } from "#db/schema";
import { notFound } from "#lib/fault";
import { sightsIn } from "#modules/accounts";
import { aboutChecks } from "#scans/about";
import { aboutRule } from "#modules/rules";
import { resourceOf, type Resource, type ResourceRow } from "#modules/resources";
import { findingOf, type Finding, type FindingRow } from "./finding.ts";

/** A finding with the resource it is about. */
export interface WholeFinding extends Finding {
  /** Null: it is gone. */
  readonly resource: Resource | null;
  /** Null: the check is no longer known. */
  readonly about: About | null;
}

/** One finding, its resource and what coverage knows, in one round trip. Fault: RESOURCE_NOT_FOUND. */
export const getFinding = async (org: OrgContext, id: string): Promise<WholeFinding> =>
  wholeOf(org, await org.db.atomic(wholeStatements(org, id)));

/** What a whole finding is read by, for a batch; read what they answer by `wholeOf`. */
export function wholeStatements(org: OrgContext, id: string): [Statement, Statement, Statement] {
  const of = (column: "resource_id" | "account_id" | "place") =>
    sql`(SELECT ${sql.raw(column)} FROM findings WHERE org_id = ${org.id} AND id = ${id})`;
  return [
    org.db
      .select()
      .from(findings)
      .where(and(eq(findings.orgId, org.id), eq(findings.id, id))),
    org.db
      .select()
      .from(resources)
      .where(and(eq(resources.orgId, org.id), sql`${resources.id} = ${of("resource_id")}`)),
    org.db
      .select({
        accountId: coverage.accountId,
        region: coverage.region,
        seq: coverage.seq,
        collectors: coverage.collectors,
      })
      .from(coverage)
      .where(
        and(
          eq(coverage.orgId, org.id),
          sql`${coverage.accountId} = ${of("account_id")}`,
          sql`${coverage.region} = ${of("place")}`,
        ),
      ),
  ];
}

/** What `wholeStatements` answered. Fault: RESOURCE_NOT_FOUND. */
export async function wholeOf(org: OrgContext, [found, owner, covered]: readonly unknown[]): Promise<WholeFinding> {
  // safe: each statement answers rows of its table.
  const [[row], [resource]] = [found as FindingRow[], owner as ResourceRow[]];
  if (!row) throw notFound("finding");
  const about = (await aboutRule(org, row.type)) ?? (await aboutChecks(org.env))[row.type] ?? null;
  const sights = sightsIn(covered);
  return { ...findingOf(row, sights), resource: resource ? resourceOf(resource, sights) : null, about };
}
