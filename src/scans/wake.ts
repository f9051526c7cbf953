import type { OrgContext } from "#db/context";
import { sendAll } from "#lib/send-all";

/**
 * Nudges tasks through the queue. A lost message loses nothing: the reaper wakes what waits. Answers how many were sent.
 */
export async function wakeTasks(org: OrgContext, scanId: string, taskIds: readonly string[]): Promise<number> {
  const messages = taskIds.map((taskId) => ({ orgId: org.id, shard: org.shard, scanId, taskId }));
  try {
    await sendAll(org.env.SCAN_TASKS, messages);
    return messages.length;
  } catch (error) {
    console.warn(JSON.stringify({ level: "warn", msg: "tasks not woken", scanId, error: String(error) }));
    return 0;
  }
}
