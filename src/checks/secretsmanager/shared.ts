import type { Place } from "#collectors/collector";
import type { Secret } from "#collectors/secretsmanager/secrets";

/** Whether it is for the account to change it here: not one that goes, a service's own, or a copy of one in another region. */
export const isOwn = ({ deletedAt, owningService, primaryRegion }: Secret, { region }: Place): boolean =>
  deletedAt === null && owningService === null && (primaryRegion === null || primaryRegion === region);
