import { and, eq, gt, isNull, or } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { suppressions } from "#db/schema";
import type { SuppressionCondition } from "#db/values";
import { matchesGlob } from "#lib/glob";

/** A suppression as findings are held against it. */
export interface Suppression {
  readonly id: string;
  readonly condition: SuppressionCondition;
  readonly reason: string;
  readonly expiresAt: string | null;
}

/** What a suppressed finding is told with. */
export type Suppressed = Omit<Suppression, "condition">;

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
