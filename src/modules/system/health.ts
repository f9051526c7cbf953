import { directoryDatabase, newMeter } from "#db/database";
import { shards } from "#db/shards";
import type { Env } from "#env";
import { Fault } from "#lib/fault";

/** Whether every database answers. Faults: UNAVAILABLE. */
export async function checkHealth(env: Env): Promise<{ readonly status: "ok"; readonly databases: number }> {
  const pool = shards(env);
  await Promise.all(pool.map((d1) => ping(d1))).catch((cause: unknown) => {
    throw new Fault("UNAVAILABLE", "A database does not answer.", { cause, members: { retryAfterSeconds: 5 } });
  });
  return { status: "ok", databases: pool.length };
}

async function ping(d1: D1Database): Promise<void> {
  const db = directoryDatabase(d1, newMeter());
  await db.atomic([db.sql("SELECT 1 AS one")]);
}
