import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { fenced, type ClaimedTask } from "./claim.ts";
import type { Fact, TaskFacts } from "./outcome.ts";

/**
 * Where a task puts what cross-service checks keep of what it finds: in its own row when it ends, and in rows beside it
 * whenever there is too much for one.
 */
export interface FactStore {
  add(collector: string, facts: readonly Fact[]): Promise<void>;
  /** What the task's own row is to hold, and how many rows stand beside it. */
  end(): Promise<{ readonly facts: TaskFacts; readonly factRows: number }>;
}

/** Characters of one row: D1 takes 2 MB. */
const charactersMax = 400_000;
/** The rows of all tasks of a scan are read together, so that little may stand in them. */
const ownCharactersMax = 100_000;

export function createFactStore(task: ClaimedTask): FactStore {
  let kept: Record<string, Fact[]> = {};
  let characters = 0;
  let rows = 0;
  const flush = async (): Promise<void> => {
    const facts = kept;
    kept = {};
    characters = 0;
    rows += 1;
    await fenced(task, [factRow(task, rows, facts)]);
  };
  return {
    async add(collector, facts) {
      for (const fact of facts) {
        (kept[collector] ??= []).push(fact);
        characters += JSON.stringify(fact).length;
        if (characters >= charactersMax) await flush();
      }
    },
    async end() {
      if (characters > ownCharactersMax) await flush();
      return { facts: kept, factRows: rows };
    },
  };
}

/** A task that begins again writes the same rows again. */
const factRow = ({ org, scan, id }: ClaimedTask, number: number, facts: TaskFacts): Statement =>
  org.db.sql(
    `INSERT INTO scan_facts (org_id, scan_id, task_id, number, facts) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT (org_id, scan_id, task_id, number) DO UPDATE SET facts = excluded.facts`,
    org.id,
    scan.id,
    id,
    number,
    JSON.stringify(facts),
  );

/** The rows that stand beside those of a scan's tasks, one at a time. */
export async function* factRows(
  org: OrgContext,
  scanId: string,
  tasks: readonly { readonly id: string; readonly factRows: number }[],
): AsyncGenerator<TaskFacts, void> {
  for (const { id, factRows: count } of tasks) {
    for (let number = 1; number <= count; number += 1) {
      const [rows] = await org.db.atomic([
        org.db.sql(
          `SELECT facts FROM scan_facts WHERE org_id = ?1 AND scan_id = ?2 AND task_id = ?3 AND number = ?4`,
          org.id,
          scanId,
          id,
          number,
        ),
      ]);
      // safe: the statement's own column, written by the store.
      const [row] = rows as { facts: string }[];
      if (row) yield JSON.parse(row.facts) as TaskFacts;
    }
  }
}

/** Takes a scan's rows out, with its tasks. */
export const dropFacts = (org: OrgContext, scanId: string): Statement =>
  org.db.sql(`DELETE FROM scan_facts WHERE org_id = ?1 AND scan_id = ?2`, org.id, scanId);
