import type { OrgContext } from "#db/context";

/** After the commit of what makes rules due: saves the wait for the cron job's next minute. Never fails. */
export async function wakeAlerts(org: OrgContext): Promise<void> {
  try {
    await org.env.ALERTS.send({ orgId: org.id, shard: org.shard });
  } catch (error) {
    const cause = error instanceof Error ? error.name : typeof error;
    console.log(JSON.stringify({ level: "warn", msg: "alerts not woken", orgId: org.id, cause }));
  }
}
