import type { OrgContext } from "#db/context";
import { quietly } from "#db/outbox";

/** After the commit of what makes rules due: saves the wait for the cron job's next minute. Never fails. */
export const wakeAlerts = (org: OrgContext): Promise<void> =>
  quietly(org, () => org.env.ALERTS.send({ orgId: org.id, shard: org.shard }));
