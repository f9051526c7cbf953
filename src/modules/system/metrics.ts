import { directoryDatabase, newMeter } from "#db/database";
import { shards } from "#db/shards";
import type { Env } from "#env";

/** Scans under way in all organizations: reads as many rows of a partial index as there are. */
export async function countActiveScans(env: Env): Promise<number> {
  const counts = await Promise.all(shards(env).map((d1) => countIn(d1)));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function countIn(d1: D1Database): Promise<number> {
  const db = directoryDatabase(d1, newMeter());
  const [rows] = await db.atomic([db.sql<{ n: number }>("SELECT count(*) AS n FROM scans WHERE active = 1")]);
  // safe: the statement answers one row with `n`.
  return (rows as { n: number }[])[0]?.n ?? 0;
}

export interface Measures {
  readonly activeScans: number;
  /** Answers of this isolate by status class. */
  readonly answers: ReadonlyMap<string, number>;
}

/** Prometheus text format 0.0.4. Sums over all organizations: no label names one. */
export function prometheusText({ activeScans, answers }: Measures): string {
  const lines = [...answers].map(([group, count]) => `cloudglass_responses_total{class="${group}"} ${count}`);
  return [
    "# HELP cloudglass_build_info The API's version.",
    "# TYPE cloudglass_build_info gauge",
    'cloudglass_build_info{version="1"} 1',
    "# HELP cloudglass_scans_active Scans under way.",
    "# TYPE cloudglass_scans_active gauge",
    `cloudglass_scans_active ${activeScans}`,
    "# HELP cloudglass_responses_total Answers of the isolate that was asked, by status class.",
    "# TYPE cloudglass_responses_total counter",
    ...lines,
    "",
  ].join("\n");
}
