import type { OrgContext } from "#db/context";
import type { Happened } from "#db/daily-stats";
import { chunkForEvent, type EventName, type OutboxEvent } from "#db/outbox";
import { derivedId, newId } from "#lib/id";

/** What an event says of a finding. */
export interface Told {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly severity: string;
  readonly summary: string;
  readonly service: string;
  readonly region: string;
  readonly resourceId: string;
  readonly resourceArn: string | null;
  readonly resourceName: string | null;
}

/** A finding that opened. */
export interface Opened extends Told {
  /** A guarded control regressed. */
  readonly drifted?: boolean;
}

/** What happens to findings, as people are told and scans count it. */
export interface Transitions {
  readonly opened: readonly Opened[];
  readonly reopened: readonly Opened[];
  /** Open before, and now critical. */
  readonly raised: readonly Told[];
  readonly resolved: readonly Told[];
}

/** As days are counted. */
export const happenedIn = ({ opened, reopened, resolved }: Transitions): Happened => ({
  opened: [...opened, ...reopened],
  resolved,
});

export const nothingHappened: Transitions = { opened: [], reopened: [], raised: [], resolved: [] };

/** Where it happened, and in which scan; null: in none. */
export interface Occasion {
  readonly org: OrgContext;
  readonly account: { readonly id: string; readonly awsAccountId: string };
  readonly scan: { readonly id: string; readonly runId: string } | null;
}

/**
 * The events of a batch: findings of one severity told under the same names go together, at most 50 to an event. In a scan their ids are derived
 * from what happened, so that a batch that is repeated meets its own rows.
 */
export async function findingEvents(occasion: Occasion, transitions: Transitions): Promise<OutboxEvent[]> {
  const groups = new Map<string, { names: EventName[]; findings: Told[] }>();
  const add = (names: EventName[], finding: Told): void => {
    const key = [finding.severity, ...names].join();
    const group = groups.get(key) ?? { names, findings: [] };
    group.findings.push(finding);
    groups.set(key, group);
  };
  for (const finding of transitions.opened) add(namesOf(finding, "finding.opened"), finding);
  for (const finding of transitions.reopened) add(namesOf(finding, "finding.reopened"), finding);
  for (const finding of transitions.raised) add(["finding.critical"], finding);
  for (const finding of transitions.resolved) add(["finding.resolved"], finding);
  return Promise.all(
    [...groups.values()].flatMap((group) =>
      chunkForEvent(group.findings.map(told)).map((chunk) => event(occasion, group.names, chunk)),
    ),
  );
}

/** The most specific name first: what has a name of its own, a guarded control that regressed, a critical one, what simply happened. */
function namesOf({ type, severity, drifted }: Opened, happened: EventName): EventName[] {
  return [
    ...(type === "cost_anomaly" ? (["cost.anomaly"] as const) : []),
    ...(drifted ? (["security.drift"] as const) : []),
    ...(severity === "critical" ? (["finding.critical"] as const) : []),
    happened,
  ];
}

const told = ({
  id,
  type,
  title,
  severity,
  summary,
  service,
  region,
  resourceId,
  resourceArn,
  resourceName,
}: Told): Told => ({
  id,
  type,
  title,
  severity,
  summary: summary.slice(0, 500),
  service,
  region,
  resourceId,
  resourceArn,
  resourceName,
});

async function event(
  { org, scan, account }: Occasion,
  names: readonly EventName[],
  findings: readonly Told[],
): Promise<OutboxEvent> {
  return {
    id: scan ? await derivedId("event", scan.id, names.join(), ...findings.map(({ id }) => id)) : newId(),
    names,
    severity: findings[0]?.severity,
    accountId: account.id,
    runId: scan?.runId,
    data: {
      scanId: scan?.id ?? null,
      runId: scan?.runId ?? null,
      accountId: account.id,
      awsAccountId: account.awsAccountId,
      at: org.now.toISOString(),
      findings,
    },
  };
}
