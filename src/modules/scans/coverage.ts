import { collectors } from "#collectors/registry";
import type { OrgContext } from "#db/context";
import { wholePage, type Page } from "#db/page";
import { scans } from "#db/schema";
import type { CollectorState } from "#db/values";
import { notFound } from "#lib/fault";
import { coverageSoFar } from "#scans/parts";
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
  const [scan] = await org.db.select().from(scans).where(isScan(org, scanId));
  if (!scan) throw notFound("scan");
  return wholePage(entriesOf(scan.active === 1 ? await coverageSoFar(org, scan) : scan.summary.coverage));
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
