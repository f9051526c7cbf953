import type { Found, Relation } from "#collectors/collector";
import { derivedId } from "#lib/id";

/** An entry of the reverse index: `sourceId` is the resource it is written with. */
export interface Edge {
  readonly targetId: string;
  /** A relation's kind, or `answersAt` for the DNS names of the resource itself. */
  readonly kind: string;
}

export const resourceIdOf = (
  orgId: string,
  awsAccountId: string,
  resourceType: string,
  nativeId: string,
): Promise<string> => derivedId("resource", orgId, awsAccountId, resourceType, nativeId);

/** What stands for a DNS name among the targets of relations. */
export const dnsIdOf = (orgId: string, name: string): Promise<string> => derivedId("dns", orgId, name);

/** The id of what a relation points at: that of the resource there is, or would be, in the account its ARN names. */
export function targetIdOf(
  orgId: string,
  awsAccountId: string,
  { resourceType, target }: Pick<Relation, "resourceType" | "target">,
): Promise<string> {
  if (resourceType === "DNS") return dnsIdOf(orgId, target);
  const [, named] = /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(target) ?? [];
  return resourceIdOf(orgId, named ?? awsAccountId, resourceType, target);
}

/** The same thing reads the same: relations once each, in one order. */
export function inOrder(found: Found): Found {
  if (!found.relations && !found.dnsNames) return found;
  const byText = new Map(found.relations?.map((one) => [[one.kind, one.resourceType, one.target].join(" "), one]));
  return {
    ...found,
    relations: [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one),
    dnsNames: (found.dnsNames ?? []).toSorted(),
  };
}

export async function edgesOf(orgId: string, awsAccountId: string, found: Found): Promise<Edge[]> {
  const own = (found.dnsNames ?? []).map(async (name) => ({ targetId: await dnsIdOf(orgId, name), kind: "answersAt" }));
  const others = (found.relations ?? []).map(async (relation) => ({
    targetId: await targetIdOf(orgId, awsAccountId, relation),
    kind: relation.kind,
  }));
  return Promise.all([...own, ...others]);
}
