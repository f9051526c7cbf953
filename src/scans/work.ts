import type { Cursor } from "#aws/pages";
import type { CollectorId } from "#collectors/registry";

/** What a task has to do. */
export interface Work {
  /** Collectors to begin with. */
  readonly fresh: readonly CollectorId[];
  /** Collectors another task has begun. */
  readonly begun: readonly Begun[];
}

/** What is left of a collector. */
export interface Begun {
  readonly collector: CollectorId;
  /** Where its list goes on; null: the list was seen to its end, or goes on elsewhere. */
  readonly from: Cursor | null;
  /** Listed, not yet described. */
  readonly items: readonly unknown[];
}

/** What a task leaves of a collector, with what one of its items costs. */
export interface Left extends Begun {
  readonly callsPerItem: number;
  readonly batch: number;
}

/** Characters of items in one task: its row must stay far below the 2 MB of a D1 row. */
const itemCharactersMax = 400_000;

/** A task of fewer calls is not worth its rows. */
const callsMin = 50;

/** How work is cut: into tasks of so many calls at most, and where there is much of it, into as many as run side by side. */
export interface Cut {
  readonly callsMax: number;
  readonly tasksAtOnce: number;
  /** About how many calls a collector makes that was not begun. */
  readonly callsOf: (collector: CollectorId) => number;
}

/**
 * What is left, as work for tasks. Every list that goes on gets its place in one task, a service that was not begun in one,
 * and items are dealt out in chunks.
 */
export function shared(
  left: { readonly fresh: readonly CollectorId[]; readonly begun: readonly Left[] },
  { callsMax: most, tasksAtOnce, callsOf }: Cut,
): Work[] {
  const total = sum(left.begun.map(callsLeft)) + sum(left.fresh.map(callsOf));
  const callsMax = Math.min(most, Math.max(callsMin, Math.ceil(total / tasksAtOnce)));
  const pieces: Piece[] = [
    ...left.begun.flatMap((one) => piecesOf(one, callsMax)),
    ...Map.groupBy(left.fresh, serviceIn)
      .values()
      .map((fresh): Piece => ({ calls: sum(fresh.map(callsOf)), characters: 0, fresh })),
  ];
  const shares: Share[] = [];
  // The largest first, each where there is room: the last tasks are the small ones.
  for (const piece of pieces.toSorted((a, b) => b.calls - a.calls)) {
    const fits = ({ calls, characters }: Share): boolean =>
      calls + piece.calls <= callsMax && characters + piece.characters <= itemCharactersMax;
    let share = shares.find(fits);
    if (!share) shares.push((share = { calls: 0, characters: 0, pieces: [] }));
    share.calls += piece.calls;
    share.characters += piece.characters;
    share.pieces.push(piece);
  }
  return shares.map(({ pieces: own }) => ({
    fresh: own.flatMap(({ fresh = [] }) => fresh),
    begun: own.flatMap(({ begun }) => (begun ? [begun] : [])),
  }));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

const serviceIn = (collector: CollectorId): string => collector.slice(0, collector.indexOf("."));

interface Share {
  calls: number;
  characters: number;
  readonly pieces: Piece[];
}

interface Piece {
  readonly calls: number;
  readonly characters: number;
  readonly fresh?: readonly CollectorId[];
  readonly begun?: Begun;
}

const callsLeft = ({ from, items, callsPerItem }: Left): number => (from ? 1 : 0) + items.length * callsPerItem;

function piecesOf({ collector, from, items, callsPerItem, batch }: Left, callsMax: number): Piece[] {
  const list: Piece[] = from ? [{ calls: 1, characters: 0, begun: { collector, from, items: [] } }] : [];
  const perBatch = callsPerItem * batch;
  const size = Math.max(1, Math.floor(callsMax / perBatch)) * batch;
  return [
    ...list,
    ...chunksOf(items, size).map((chunk): Piece => ({
      calls: Math.ceil(chunk.length / batch) * perBatch,
      characters: JSON.stringify(chunk).length,
      begun: { collector, from: null, items: chunk },
    })),
  ];
}

/** Chunks of at most `size` items and of not too many characters. */
function chunksOf(items: readonly unknown[], size: number): unknown[][] {
  const chunks: unknown[][] = [];
  let characters = 0;
  for (const item of items) {
    const length = JSON.stringify(item).length;
    const last = chunks.at(-1);
    if (last && last.length < size && characters + length <= itemCharactersMax) {
      last.push(item);
      characters += length;
    } else {
      chunks.push([item]);
      characters = length;
    }
  }
  return chunks;
}

/** The place a task looks at: `eu-west-1.2` is a part of `eu-west-1`. */
export const placeOf = (taskId: string): string => taskId.replace(/\..*$/, "");

/** The tasks a task hands its rest to. */
export const partIds = (taskId: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${taskId}.${at + 1}`);
