import type { OrgContext } from "#db/context";
import { sendAll } from "#lib/send-all";

/**
 * Nudges tasks through the queue. A lost message loses nothing: the reaper wakes what waits. Answers how many were sent.
 */
export async function wake(
  org: OrgContext,
  tasks: readonly { readonly scanId: string; readonly taskId: string }[],
): Promise<number> {
  try {
    await sendAll(
      org.env.SCAN_TASKS,
      tasks.map((task) => ({ orgId: org.id, shard: org.shard, ...task })),
    );
    return tasks.length;
  } catch (error) {
    const scanIds = [...new Set(tasks.map(({ scanId }) => scanId))].slice(0, 10);
    console.warn(JSON.stringify({ level: "warn", msg: "tasks not woken", scanIds, error: String(error) }));
    return 0;
  }
}

/** The same for tasks of one scan. */
export const wakeTasks = (org: OrgContext, scanId: string, taskIds: readonly string[]): Promise<number> =>
  wake(
    org,
    taskIds.map((taskId) => ({ scanId, taskId })),
  );
