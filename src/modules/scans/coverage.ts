import { and, eq, sql } from "drizzle-orm";
import { collectors } from "#collectors/registry";
import type { OrgContext } from "#db/context";
import { wholePage, type Page } from "#db/page";
import { coverage, scans } from "#db/schema";
import type { CollectorState } from "#db/values";
import { notFound } from "#lib/fault";
import { isScan } from "./list.ts";

/** What one scan saw with one collector in one place. */
export interface CoverageEntry {
  /** `global` or a region. */
  readonly region: string;
  readonly collector: string;
  readonly service: string;
  readonly state: CollectorState;
}

type Places = Readonly<Record<string, Readonly<Record<string, CollectorState>>>>;

/** What a scan was to look at and what came of it: as it left it, or, while it runs, as far as it is. Fault: RESOURCE_NOT_FOUND. */
export async function getCoverage(org: OrgContext, scanId: string): Promise<Page<CoverageEntry>> {
  const [[scan], present] = await org.db.batch([
    org.db.select().from(scans).where(isScan(org, scanId)),
    org.db
      .select({ region: coverage.region, collectors: coverage.collectors })
      .from(coverage)
      .where(
        and(
          eq(coverage.orgId, org.id),
          sql`${coverage.accountId} = (SELECT account_id FROM scans WHERE org_id = ${org.id} AND id = ${scanId})`,
          eq(coverage.scanId, scanId),
        ),
      ),
  ]);
  if (!scan) throw notFound("scan");
  const running = Object.fromEntries(present.map((row) => [row.region, row.collectors]));
  return wholePage(entriesOf({ ...running, ...scan.summary.coverage }));
}

const entriesOf = (places: Places): CoverageEntry[] =>
  Object.entries(places)
    .flatMap(([region, states]) =>
      Object.entries(states).map(([collector, state]) => ({ region, collector, service: serviceOf(collector), state })),
    )
    .toSorted((a, b) => compare(a.region, b.region) || compare(a.collector, b.collector));

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

const byId: ReadonlyMap<string, { readonly service: string }> = new Map(Object.entries(collectors));

/** A collector that is no longer there was named after its service. */
const serviceOf = (collector: string): string => byId.get(collector)?.service ?? collector.replace(/\..*$/, "");
