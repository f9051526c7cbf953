import { sizeOf, type Change } from "./change.ts";
import type { ClaimedTask } from "./claim.ts";
import { noCounts, type TaskCounts } from "./outcome.ts";
import { writeSlice, type Gone, type StatesBefore } from "./slice.ts";

/** Characters of changes in one batch: D1 takes 2 MB in a parameter, and a resource can stand in two of them. */
const sliceCharactersMax = 700_000;
const goneMax = 5_000;

/** Gathers changes and writes them in slices, one after the other, while the task goes on looking. */
export interface SliceWriter {
  add(change: Change): Promise<void>;
  /** Writes what is left, then what is gone; answers the counts of all slices of this task. */
  finish(gone: readonly Gone[]): Promise<TaskCounts>;
}

export function createSliceWriter(task: ClaimedTask, states: StatesBefore, before: TaskCounts | null): SliceWriter {
  let counts = before ?? noCounts;
  let pending: Change[] = [];
  let size = 0;
  let last: Promise<void> = Promise.resolve();

  const writeAfter = async (
    before: Promise<void>,
    changes: readonly Change[],
    gone: readonly Gone[],
  ): Promise<void> => {
    await before;
    counts = await writeSlice(task, { changes, gone }, states, counts);
  };

  const write = (gone: readonly Gone[]): Promise<void> => {
    const changes = pending;
    pending = [];
    size = 0;
    if (changes.length === 0 && gone.length === 0) return last;
    last = writeAfter(last, changes, gone);
    return last;
  };

  return {
    async add(change) {
      pending.push(change);
      size += sizeOf(change);
      if (size >= sliceCharactersMax) await write([]);
    },
    async finish(gone) {
      await write(gone.slice(0, goneMax));
      for (let start = goneMax; start < gone.length; start += goneMax) await write(gone.slice(start, start + goneMax));
      await last;
      return counts;
    },
  };
}
