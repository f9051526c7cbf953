import { and, eq, gt, isNull, or } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { pin } from "#db/pin";
import { suppressions } from "#db/schema";
import type { SuppressionCondition } from "#db/values";
import { matchesGlob } from "#lib/glob";

/** A suppression as findings are held against it. */
export interface Suppression {
  readonly id: string;
  readonly version: number;
  readonly condition: SuppressionCondition;
  readonly reason: string;
  readonly expiresAt: string | null;
}

/** What a suppressed finding is told with. */
export type Suppressed = Omit<Suppression, "condition" | "version">;

/** What of a finding and its resource a condition may name. */
export interface SuppressionSubject {
  readonly type: string;
  readonly accountId: string;
  readonly region: string;
  readonly resourceType: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly name: string | null;
  readonly arn: string | null;
}

/** Those that take findings now, in the order they were made; a statement that answers `Suppression`s. */
export const suppressionsInForce = (org: OrgContext) =>
  org.db
    .select({
      id: suppressions.id,
      version: suppressions.version,
      condition: suppressions.condition,
      reason: suppressions.reason,
      expiresAt: suppressions.expiresAt,
    })
    .from(suppressions)
    .where(
      and(
        eq(suppressions.orgId, org.id),
        isNull(suppressions.endedAt),
        or(isNull(suppressions.expiresAt), gt(suppressions.expiresAt, org.now.toISOString())),
      ),
    )
    .orderBy(suppressions.id);

/** For the beginning of a batch that was worked out from these: it fails as a whole (`hasMovedOn`) when others are in force. */
export const pinSuppressions = (org: OrgContext, inForce: readonly Suppression[]): Statement =>
  pin(
    org,
    `(SELECT json_group_array(s.id || '@' || s.version) FROM (SELECT id, version FROM suppressions
       WHERE org_id = ?1 AND ended_at IS NULL AND (expires_at IS NULL OR expires_at > ?2) ORDER BY id) AS s) = ?3`,
    org.now.toISOString(),
    JSON.stringify(inForce.map(({ id, version }) => `${id}@${version}`)),
  );

/** The first that matches, in the order they were made; null: none. */
export function suppressedBy(suppressions: readonly Suppression[], subject: SuppressionSubject): Suppressed | null {
  const found = suppressions.find(({ condition }) => isSuppressed(condition, subject));
  return found ? { id: found.id, reason: found.reason, expiresAt: found.expiresAt } : null;
}

/** Every member of the condition holds. */
export function isSuppressed(condition: SuppressionCondition, subject: SuppressionSubject): boolean {
  const { type, accountId, region, resourceType, tags, name } = condition;
  return (
    (type?.includes(subject.type) ?? true) &&
    (accountId?.includes(subject.accountId) ?? true) &&
    (region?.includes(subject.region) ?? true) &&
    (resourceType?.includes(subject.resourceType) ?? true) &&
    Object.entries(tags ?? {}).every(([key, value]) => hasTag(subject.tags, key, value)) &&
    (name === undefined || [subject.name, subject.arn].some((text) => text !== null && matchesGlob(name, text)))
  );
}

const hasTag = (tags: Readonly<Record<string, string>>, key: string, value: string | null): boolean =>
  Object.hasOwn(tags, key) && (value === null || tags[key] === value);
