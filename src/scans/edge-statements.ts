import type { Statement } from "#db/database";
import type { ClaimedTask } from "./claim.ts";
import type { Edge } from "./relations.ts";

/** A resource and everything it depends on now. */
export interface EdgesOf {
  readonly id: string;
  /** It was there before, so it may have had others. */
  readonly known: boolean;
  readonly edges: readonly Edge[];
}

/** Writes the difference between what resources depended on and what they depend on now. Ids of resources that are gone: `gone`. */
export function edgeStatements(
  { org }: ClaimedTask,
  resources: readonly EdgesOf[],
  gone: readonly string[],
): Statement[] {
  const sources = [...resources.flatMap(({ id, known }) => (known ? [id] : [])), ...gone];
  const edges = resources.flatMap(({ id, edges: own }) => own.map(({ targetId, kind }) => [targetId, id, kind]));
  return [
    ...(sources.length > 0
      ? [
          org.db.sql(
            `DELETE FROM dependencies WHERE org_id = ?1 AND source_id IN (SELECT value FROM json_each(?2))
               AND target_id || source_id || kind NOT IN
                 (SELECT (e.value ->> 0) || (e.value ->> 1) || (e.value ->> 2) FROM json_each(?3) AS e)`,
            org.id,
            JSON.stringify(sources),
            JSON.stringify(edges),
          ),
        ]
      : []),
    ...(edges.length > 0
      ? [
          org.db.sql(
            `INSERT INTO dependencies (org_id, target_id, source_id, kind)
             SELECT ?1, e.value ->> 0, e.value ->> 1, e.value ->> 2 FROM json_each(?2) AS e WHERE true ON CONFLICT DO NOTHING`,
            org.id,
            JSON.stringify(edges),
          ),
        ]
      : []),
  ];
}
