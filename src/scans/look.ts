import type { AwsCaller } from "#aws/caller";
import { createLimiter } from "#aws/limiter";
import type { Found, Place } from "#collectors/collector";
import { completed, type Asked } from "#collectors/read";
import type { CollectorId } from "#collectors/registry";
import type { Budget } from "./budget.ts";
import { collectorOf, type AnyCollector } from "./catalogue.ts";
import type { ClaimedTask } from "./claim.ts";
import type { FactStore } from "./fact-store.ts";
import type { CollectorPart } from "./outcome.ts";
import { goThrough, lookedOf, newRun, type Run, type Unit } from "./run.ts";
import type { RuleChecks } from "./rules.ts";
import type { AwsSession } from "./session.ts";
import type { SliceWriter } from "./slice-writer.ts";
import type { Left, Work } from "./work.ts";

export interface Look {
  readonly task: ClaimedTask;
  readonly place: Place;
  readonly session: AwsSession;
  readonly writer: SliceWriter;
  readonly budget: Budget;
  readonly facts: FactStore;
  readonly rules: RuleChecks;
  /** Called when a collector is through. */
  readonly onLooked: (collector: AnyCollector) => void;
}

/** What a collector came back with, its resources already judged, compared and handed on. */
export interface Looked {
  readonly collector: AnyCollector;
  readonly part: CollectorPart;
  /** Ids of the resources seen. */
  readonly seen: ReadonlySet<string>;
  /** What another task has to go on with. */
  readonly left: Left | null;
}

export interface LookedAround {
  readonly looked: readonly Looked[];
  /** Not begun. */
  readonly fresh: readonly CollectorId[];
}

/** Collectors under way at once: while some wait for D1, others keep the six connections busy. */
const collectorsAtOnce = 10;
const describedAtOnce = 6;

/**
 * Runs the collectors of a task until all is seen or the budget is spent. Whatever is spent, each task gets further: a list
 * by a page at least, items by one. A service that was begun is gone through by the same task, because its collectors share
 * answers.
 */
export async function lookAround(look: Look, work: Work): Promise<LookedAround> {
  const describing = createLimiter(describedAtOnce);
  const units = unitsOf(work);
  const fresh: CollectorId[] = [];
  const runs: Run[] = [];
  const isBegun = ({ collector }: Unit): boolean =>
    runs.some(({ unit }) => unit.collector.service === collector.service);
  const isLeft = (unit: Unit): boolean => look.budget.isFull() || (look.budget.isSpent() && !isBegun(unit));
  const next = async (): Promise<void> => {
    for (let unit = units.shift(); unit; unit = units.shift()) {
      if (unit.from === undefined && runs.length > 0 && isLeft(unit)) {
        fresh.push(unit.collector.id);
        continue;
      }
      const run = newRun(look, unit, describing);
      runs.push(run);
      await goThrough(run);
      look.onLooked(unit.collector);
    }
  };
  await Promise.all(Array.from({ length: collectorsAtOnce }, next));
  await complete(look, runs);
  return { looked: runs.map(lookedOf), fresh };
}

const unitsOf = ({ begun, fresh }: Work): Unit[] => [
  ...begun.map(({ collector, from, items }) => ({ collector: collectorOf(collector), from, items })),
  ...fresh.map((id) => ({ collector: collectorOf(id), from: undefined, items: [] })),
];

/** Asks for what things wait for, for all of them together. What goes wrong is a gap of every run that asked. */
async function complete({ session, task }: Look, runs: readonly Run[]): Promise<void> {
  const waiting = runs.flatMap((run) => run.waiting.map((asked) => ({ run, asked })));
  const callerFor = (isConcerned: (asked: Asked) => boolean): AwsCaller => {
    const concerned = runs.filter((run) => run.waiting.some(isConcerned));
    return session.caller({ onGap: (error) => concerned.forEach(({ context }) => context.aws.gap(error)) });
  };
  const askers = {
    tags: callerFor(({ found }) => found.taggedAs !== undefined),
    figures: callerFor(({ queries }) => queries.length > 0),
  };
  const all = await completed(
    waiting.map(({ asked }) => asked),
    askers,
    task.org.now,
  );
  for (const run of runs) {
    const own = all.filter((_, at) => waiting[at]?.run === run);
    await run.sink.take(own as readonly Found[]);
  }
}
