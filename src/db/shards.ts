import type { Env } from "#env";

/** The pool of databases: `DB`, then `DB_1`, `DB_2` … as far as they are bound. */
export function shards(env: Env): readonly D1Database[] {
  const pool: D1Database[] = [env.DB];
  for (let index = 1; ; index += 1) {
    const next = (env as unknown as Readonly<Record<string, D1Database | undefined>>)[`DB_${index}`];
    if (!next) return pool;
    pool.push(next);
  }
}

/** The database of one shard. Throws when the deployment lost the binding: rows must not go elsewhere. */
export function shardOf(env: Env, index: number): D1Database {
  const shard = shards(env)[index];
  if (!shard) throw new Error(`No database is bound for shard ${index}`);
  return shard;
}
