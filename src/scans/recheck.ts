import { and, eq, type InferSelectModel } from "drizzle-orm";
import type { SealedCheck } from "#checks/sealed";
import type { Found } from "#collectors/collector";
import type { CollectorId } from "#collectors/registry";
import { homeRegion, partitionOf } from "#aws/regions";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { accounts, coverage, findings, organizations, resources, scans } from "#db/schema";
import { usualPace, type CollectorState, type OrgSettings } from "#db/values";
import { Fault, notFound } from "#lib/fault";
import { checkOf, collectorOf, collectorsOf, type AnyCollector } from "./catalogue.ts";
import type { AccountRow } from "./claim.ts";
import { costsKept } from "./daily-costs.ts";
import { judge, judgeSettings, type Judged, type Lists } from "./judge.ts";
import { foundOf } from "./outcome.ts";
import { createLooker, type Looker } from "./recheck-look.ts";
import { condensed } from "./sink.ts";
import { suppressionsInForce, type Suppression } from "./suppression.ts";

type FindingRow = InferSelectModel<typeof findings>;
type ResourceRow = InferSelectModel<typeof resources>;

/** All that a recheck stands on. */
export interface Rechecking {
  readonly org: OrgContext;
  readonly finding: FindingRow;
  readonly resource: ResourceRow;
  readonly account: AccountRow;
  readonly settings: OrgSettings;
  readonly suppressions: readonly Suppression[];
  /** The 12 digits of every account of the organization. */
  readonly ownAccounts: ReadonlySet<string>;
  readonly check: SealedCheck;
  readonly collector: AnyCollector;
  /** What was known of the finding's collector before. */
  readonly state: CollectorState | undefined;
}

/** What came of looking. `gone`: the thing is not there any more; null: the check does not apply to it. */
export interface Freshly {
  readonly found: Found | null;
  readonly judged: Judged | null;
  readonly gone: boolean;
  /** Why nothing can be said. */
  readonly reason: string | null;
}

/** What is needed to look again, in one round trip. Faults: RESOURCE_NOT_FOUND, SCAN_RUNNING, CONFLICT. */
export async function rechecking(org: OrgContext, id: string): Promise<Rechecking> {
  // safe: each statement answers its own columns.
  const answers = (await org.db.atomic(neededStatements(org, id))) as Needed;
  const [[finding], [resource], [account], [organization], suppressions, [covered], [scan], own] = answers;
  if (!finding || !account || !organization) throw notFound("finding");
  if (scan) throw running(scan.id);
  const check = askable(finding, organization.settings);
  if (!resource)
    throw new Fault("CONFLICT", "Its resource was gone in the last scan. The next one tells whether it is back.");
  // safe: a scan wrote it; `collectorOf` throws for one that is no longer there.
  const collector = collectorOf(finding.collector as CollectorId);
  const state = covered?.collectors[finding.collector];
  const ownAccounts = new Set(own.map(({ awsAccountId }) => awsAccountId));
  const { settings } = organization;
  return { org, finding, resource, account, settings, suppressions, ownAccounts, check, collector, state };
}

type Needed = [
  FindingRow[],
  ResourceRow[],
  AccountRow[],
  { readonly settings: OrgSettings }[],
  Suppression[],
  { readonly collectors: Readonly<Record<string, CollectorState>> }[],
  { readonly id: string }[],
  { readonly awsAccountId: string }[],
];

function neededStatements(org: OrgContext, id: string): Statement[] {
  const mine = and(eq(findings.orgId, org.id), eq(findings.id, id));
  const its = <Column extends "accountId" | "place" | "resourceId">(column: Column) =>
    org.db.select({ it: findings[column] }).from(findings).where(mine);
  return [
    org.db.select().from(findings).where(mine),
    org.db
      .select()
      .from(resources)
      .where(and(eq(resources.orgId, org.id), eq(resources.id, its("resourceId")))),
    org.db
      .select()
      .from(accounts)
      .where(and(eq(accounts.orgId, org.id), eq(accounts.id, its("accountId")))),
    org.db.select({ settings: organizations.settings }).from(organizations).where(eq(organizations.orgId, org.id)),
    suppressionsInForce(org),
    org.db
      .select({ collectors: coverage.collectors })
      .from(coverage)
      .where(
        and(eq(coverage.orgId, org.id), eq(coverage.accountId, its("accountId")), eq(coverage.region, its("place"))),
      ),
    org.db
      .select({ id: scans.id })
      .from(scans)
      .where(and(eq(scans.active, 1), eq(scans.orgId, org.id), eq(scans.accountId, its("accountId")))),
    org.db.select({ awsAccountId: accounts.awsAccountId }).from(accounts).where(eq(accounts.orgId, org.id)),
  ];
}

export const running = (scanId: string): Fault =>
  new Fault("SCAN_RUNNING", `Scan ${scanId} of this account is running: it tells soon. Wait for it, or cancel it.`, {
    members: { scanId },
  });

/** Fault: CONFLICT. */
function askable({ type }: FindingRow, { checksOff = [] }: OrgSettings): SealedCheck {
  const check = checkOf(type);
  if (check && !checksOff.includes(type)) return check;
  throw new Fault(
    "CONFLICT",
    `The check ${type} is ${check ? "switched off" : "no longer known"}: nothing can be judged by it.`,
  );
}

/** Looks at the finding's resource, and at what its check reads beside it, and judges. Fault: RECHECK_TOO_LARGE. */
export async function lookAgain(rechecking: Rechecking): Promise<Freshly> {
  const { org, finding, resource, account, collector, check } = rechecking;
  const pace = { ...usualPace, ...account.pace };
  const looker = createLooker({ org, account, pace, sessionName: `cloudglass-${finding.id}` });
  const { found: seen, whole } = await looker.one(collector, finding.place, resource);
  const [found] = seen;
  if (!found) return { found: null, judged: null, gone: whole, reason: whole ? null : looker.reason() };
  const subject = check.reads ? kept(found, collector) : found;
  if (!subject) return { found, judged: null, gone: false, reason: null };
  const judged = await judgeOne(rechecking, subject, await listsOf(rechecking, looker));
  const isUnknown = judged?.stored.status === "unknown";
  return {
    found: subject,
    judged,
    gone: false,
    reason: isUnknown ? (looker.reason() ?? judged?.reason ?? null) : null,
  };
}

/** As the second wave sees things: in the few members that are kept of each. */
function kept(found: Found, collector: AnyCollector): Found | null {
  const fact = condensed(found, collector);
  return fact && foundOf(fact);
}

async function judgeOne(rechecking: Rechecking, found: Found, lists: Lists): Promise<Judged | null> {
  const { account, finding, check, collector } = rechecking;
  const region = finding.place === "global" ? (homeRegion("aws") ?? "us-east-1") : finding.place;
  const local = { partition: partitionOf(region) ?? "aws", awsAccountId: account.awsAccountId, region };
  const place = check.reads ? { ...local, region: finding.place } : local;
  const [judged] = await judge(found, [check], lists, await judgeSettings(rechecking, place, collector));
  return judged ?? null;
}

async function listsOf(rechecking: Rechecking, looker: Looker): Promise<Lists> {
  const lists = new Map<CollectorId, readonly Found[] | null>();
  for (const id of rechecking.check.reads ?? []) lists.set(id, await listOf(rechecking, looker, id));
  return lists;
}

/** The same as `viewsOf` shows from the finding's place; null: not seen whole. */
async function listOf(
  { org, account, finding }: Rechecking,
  looker: Looker,
  id: CollectorId,
): Promise<readonly Found[] | null> {
  if (id === "ce.costs") return finding.place === "global" ? costsKept({ org, account }) : null;
  const collector = collectorOf(id);
  if (account.services?.includes(collector.service) === false) return null;
  const isThere = (place: string): boolean => collectorsOf(place, null).includes(collector);
  if (collector.scope === "global") return allIn(looker, collector, "global");
  if (finding.place !== "global") return isThere(finding.place) ? allIn(looker, collector, finding.place) : null;
  if (account.regions !== null) return null;
  const together: Found[] = [];
  for (const region of (await looker.enabledRegions()).filter(isThere)) {
    const own = await allIn(looker, collector, region);
    if (own === null) return null;
    together.push(...own.map((one) => (one.region === undefined ? { ...one, region } : one)));
  }
  return together;
}

async function allIn(looker: Looker, collector: AnyCollector, place: string): Promise<readonly Found[] | null> {
  const { found, whole } = await looker.all(collector, place);
  return whole ? found.flatMap((one) => kept(one, collector) ?? []) : null;
}
