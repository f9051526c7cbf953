import { isConnected } from "#alerts/filter";
import type { Env } from "#env";
import { systemContext, type OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { chunkForEvent, eventStatements, nudgeDeliveries, type EventName, type OutboxEvent } from "#db/outbox";
import { hasMovedOn, pin } from "#db/pin";
import { organizationsInTurn } from "#db/turns";
import { derivedId } from "#lib/id";
import { kindOf, kinds, type Kind } from "#collectors/expiring";

/** Ten-minute turns in an hour: each organization has one of them. */
const turns = 6;

/** Days before the end on which something is told. */
const thresholds = [1, 7, 14, 30] as const;

/** Things told in one batch, and batches in one turn; what is left waits for the next. */
const sliceMax = 200;
const slicesMax = 10;

const dayMs = 86_400_000;

/** What is told under which name; a domain, or something else with a date, under none. */
const told = {
  "certificate.expiring": ["certificate", "server_certificate"],
  "secret.expiring": ["access_key", "secret", "parameter", "imported_key", "token"],
} as const satisfies Partial<Record<EventName, readonly Kind[]>>;
type Name = keyof typeof told;

/** What is told of a thing that ends. */
interface Ending {
  readonly resourceId: string;
  readonly accountId: string;
  readonly awsAccountId: string;
  readonly resourceType: string;
  readonly arn: string | null;
  readonly name: string | null;
  readonly region: string;
  readonly expiresAt: string;
  /** The threshold it is within: 1, 7, 14 or 30 days. */
  readonly days: number;
}

/**
 * Tells, where somebody listens, of what ends within 30, 14, 7 and 1 days: once for each of them and each date, however often this is called.
 * What is found late is told once, by the threshold it is within. An organization that fails stops no other.
 */
export async function tellOfExpirations(env: Env, now: Date, waitUntil: OrgContext["waitUntil"]): Promise<void> {
  const failures: unknown[] = [];
  for (const organization of await organizationsInTurn(env, now, turns)) {
    const org = systemContext(env, organization, now, waitUntil);
    await tellOrganization(org).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

/** One organization's turn. */
export async function tellOrganization(org: OrgContext): Promise<void> {
  for (const name of ["certificate.expiring", "secret.expiring"] as const) {
    for (let slices = 0; slices < slicesMax; slices += 1) {
      const endings = await endingsOf(org, name);
      if (endings.length === 0 || !(await tell(org, name, endings)) || endings.length < sliceMax) break;
    }
  }
}

/** The first to end first, by the index on it; what was told already is left out, and so is everything where nobody listens. */
async function endingsOf(org: OrgContext, name: Name): Promise<Ending[]> {
  const within = thresholds.map((days) => `WHEN r.expires_at <= '${after(org, days)}' THEN ${days}`).join(" ");
  const [rows] = await org.db.atomic([
    org.db.sql(
      `SELECT e.* FROM (
         SELECT r.id AS resourceId, r.account_id AS accountId, r.aws_account_id AS awsAccountId, r.resource_type AS resourceType, r.arn,
           r.name, r.region, r.expires_at AS expiresAt, CASE ${within} END AS days
         FROM resources AS r INDEXED BY resources_by_lapse
         WHERE r.org_id = ?1 AND r.expires_at IS NOT NULL AND r.expires_at > ?2 AND r.expires_at <= ?3
           AND r.resource_type IN (SELECT value FROM json_each(?4)) AND ${isConnected("r.account_id")} AND EXISTS (SELECT 1 FROM webhooks WHERE org_id = ?1)) AS e
       LEFT JOIN expiry_notices AS n ON n.org_id = ?1 AND n.resource_id = e.resourceId
       WHERE n.days IS NULL OR n.expires_at <> e.expiresAt OR n.days > e.days ORDER BY e.expiresAt LIMIT ${sliceMax}`,
      org.id,
      org.now.toISOString(),
      after(org, Math.max(...thresholds)),
      JSON.stringify(told[name].map((kind) => kinds[kind])),
    ),
  ]);
  // safe: the statement's own columns.
  return rows as Ending[];
}

const after = (org: OrgContext, days: number): string => new Date(org.now.getTime() + days * dayMs).toISOString();

/** Events and notices in one batch, which is refused when somebody else was faster. Answers whether anybody was told. */
async function tell(org: OrgContext, name: Name, endings: readonly Ending[]): Promise<boolean> {
  const telling = await tellingsOf(org, name, endings);
  const events = eventStatements(org, ...telling.map(({ event }) => event));
  const lapsed = "DELETE FROM expiry_notices WHERE org_id = ?1 AND expires_at <= ?2";
  try {
    const [, ...results] = await org.db.atomic([
      untold(org, endings),
      ...events,
      ...telling.map((one) => note(org, one)),
      org.db.sql(lapsed, org.id, org.now.toISOString()),
    ]);
    await nudgeDeliveries(
      org,
      telling.map(({ event }) => event.id),
    );
    // safe: each note answers the rows it wrote.
    return results.slice(events.length, -1).some((noted) => (noted as unknown[]).length > 0);
  } catch (error) {
    if (hasMovedOn(error)) return false;
    throw error;
  }
}

/** What is told of one account. */
export interface ExpiringData {
  readonly accountId: string;
  readonly awsAccountId: string;
  readonly at: string;
  /** The threshold: 1, 7, 14 or 30. */
  readonly withinDays: number;
  readonly expiring: readonly Thing[];
}

interface Telling {
  readonly event: OutboxEvent & { readonly id: string };
  readonly days: number;
  readonly things: readonly Thing[];
}

/** What ends in one account on the same day goes together. */
function tellingsOf(org: OrgContext, name: Name, endings: readonly Ending[]): Promise<Telling[]> {
  const groups = Map.groupBy(
    endings,
    ({ accountId, days, expiresAt }) => `${accountId} ${days} ${expiresAt.slice(0, 10)}`,
  );
  const all = [...groups.values()].flatMap((group) => {
    const { accountId = "", awsAccountId = "", days = 0 } = group[0] ?? {};
    return chunkForEvent(group.map((ending) => thingOf(org, ending))).map(async (things): Promise<Telling> => {
      const parts = things.map(({ resourceId, expiresAt }) => `${resourceId} ${expiresAt}`);
      const about = { accountId, awsAccountId, at: org.now.toISOString() };
      const data: ExpiringData = { ...about, withinDays: days, expiring: things };
      const id = await derivedId("event", name, String(days), ...parts);
      return { event: { id, names: [name], accountId, data }, days, things };
    });
  });
  return Promise.all(all);
}

type Thing = ReturnType<typeof thingOf>;

const thingOf = (org: OrgContext, { resourceId, resourceType, arn, name, region, expiresAt }: Ending) => ({
  resourceId,
  kind: kindOf(resourceType),
  resourceType,
  arn,
  name,
  region,
  expiresAt,
  daysLeft: Math.floor((Date.parse(expiresAt) - org.now.getTime()) / dayMs),
});

/** None of them was told meanwhile. */
const untold = (org: OrgContext, endings: readonly Ending[]): Statement =>
  pin(
    org,
    `NOT EXISTS (SELECT 1 FROM json_each(?2) AS e CROSS JOIN expiry_notices AS n
       WHERE n.org_id = ?1 AND n.resource_id = e.value ->> 'resourceId' AND n.expires_at = e.value ->> 'expiresAt'
         AND n.days <= e.value ->> 'days')`,
    JSON.stringify(endings),
  );

/** Only what was told: where nobody listens there is no event, and somebody who listens later will be told. */
const note = (org: OrgContext, { event, days, things }: Telling): Statement =>
  org.db.sql(
    `INSERT INTO expiry_notices (org_id, resource_id, expires_at, days)
     SELECT ?1, e.value ->> 'resourceId', e.value ->> 'expiresAt', ?3 FROM json_each(?2) AS e
     WHERE EXISTS (SELECT 1 FROM events WHERE org_id = ?1 AND id = ?4)
     ON CONFLICT (org_id, resource_id) DO UPDATE SET expires_at = excluded.expires_at, days = excluded.days RETURNING resource_id`,
    org.id,
    JSON.stringify(things),
    days,
    event.id,
  );
