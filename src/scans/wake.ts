import type { OrgContext } from "#db/context";

const batchMax = 100;

/**
 * Nudges tasks through the queue. A lost message loses nothing: the reaper wakes what waits. Answers how many were sent.
 */
export async function wakeTasks(org: OrgContext, scanId: string, taskIds: readonly string[]): Promise<number> {
  const messages = taskIds.map((taskId) => ({ body: { orgId: org.id, shard: org.shard, scanId, taskId } }));
  try {
    for (let start = 0; start < messages.length; start += batchMax) {
      await org.env.SCAN_TASKS.sendBatch(messages.slice(start, start + batchMax));
    }
    return messages.length;
  } catch (error) {
    console.warn(JSON.stringify({ level: "warn", msg: "tasks not woken", scanId, error: String(error) }));
    return 0;
  }
}
