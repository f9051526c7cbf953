import type { Env } from "#env";
import { purgeAccounts } from "#modules/accounts";

export const job = {
  cron: "* * * * *",
  run: (env: Env, scheduledTime: Date, ctx: ExecutionContext): Promise<void> =>
    purgeAccounts(env, scheduledTime, (promise) => ctx.waitUntil(promise)),
};
