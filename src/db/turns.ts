import type { Env } from "#env";
import { directoryDatabase, newMeter } from "./database.ts";
import { shards } from "./shards.ts";
import type { OrgSettings } from "./values.ts";

/** An organization whose turn it is. */
export interface InTurn {
  readonly orgId: string;
  readonly shard: number;
  readonly settings: OrgSettings;
}

/** For jobs that run every ten minutes: each organization has its turn once in so many of them (6: once an hour, 144: once a day). */
export async function organizationsInTurn(env: Env, now: Date, turns: number): Promise<InTurn[]> {
  const turn = Math.floor(now.getTime() / 600_000) % turns;
  const all: InTurn[] = [];
  for (const [shard, d1] of shards(env).entries()) {
    const db = directoryDatabase(d1, newMeter());
    const [rows] = await db.atomic([db.sql("SELECT org_id AS orgId, settings FROM organizations")]);
    // safe: the statement's own columns.
    for (const { orgId, settings } of rows as { orgId: string; settings: string }[]) {
      if (Number.parseInt(orgId.slice(-6), 16) % turns !== turn) continue;
      all.push({ orgId, shard, settings: JSON.parse(settings) as OrgSettings });
    }
  }
  return all;
}
