import { systemContext } from "#db/context";
import { ScanTaskMessage } from "#db/messages";
import type { Env } from "#env";
import { runTask } from "#scans/run-task";
import { consume } from "./consume.ts";

export const consumer = {
  queue: "scan-tasks",
  consume: (batch: MessageBatch, env: Env, ctx: ExecutionContext): Promise<void> =>
    consume(batch, ScanTaskMessage.parse, ({ orgId, shard, scanId, taskId }) =>
      runTask(
        systemContext(env, { orgId, shard }, new Date(), (promise) => ctx.waitUntil(promise)),
        scanId,
        taskId,
      ),
    ),
};
