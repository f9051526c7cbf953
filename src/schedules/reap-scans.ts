import type { Env } from "#env";
import { reapScans } from "#scans/reap";

export const job = {
  cron: "* * * * *",
  isNet: true,
  run: (env: Env, scheduledTime: Date, ctx: ExecutionContext): Promise<void> =>
    reapScans(env, scheduledTime, (promise) => ctx.waitUntil(promise)),
};
