import type { OrgContext } from "#db/context";
import { sweepSome } from "#scans/sweep-due";

/** Slices swept before the answer: small organizations see at once what has become of their findings. */
const slicesMax = 2;

/** Begins to give and take findings; the cron job goes on with the rest, and with all of it where this fails. */
export async function sweepNow(org: OrgContext): Promise<void> {
  try {
    await sweepSome(org, slicesMax);
  } catch (error) {
    const cause = error instanceof Error ? error.name : typeof error;
    console.log(JSON.stringify({ level: "warn", msg: "suppression sweep put off", orgId: org.id, cause }));
  }
}
