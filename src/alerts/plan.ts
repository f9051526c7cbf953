import type { Alert, AlertRule } from "./rule.ts";

/** What waits to be told in one group, from one occasion. */
export interface Fresh {
  /** The run it came with, `at:…` where it came with none; empty: it may be told at once. */
  readonly occasion: string;
  readonly group: string;
  readonly fresh: number;
  /** Events of the run are still in the inbox. */
  readonly gathering: boolean;
}

/** How a rule stands. */
export interface Standing {
  readonly rule: AlertRule;
  /** Those that are not resolved. */
  readonly alerts: readonly Alert[];
  /** Ids of those that are about nothing any more. */
  readonly empty: ReadonlySet<string>;
  readonly fresh: readonly Fresh[];
}

export interface Telling {
  readonly group: string;
  /** Null: there is none yet. */
  readonly alert: Alert | null;
  readonly occasions: readonly string[];
  readonly fresh: number;
}

/** What is to be done about it now. */
export interface Plan {
  readonly tellings: readonly Telling[];
  /** Occasions with too little to tell. */
  readonly forgotten: readonly string[];
  /** Occasions with enough, that wait. */
  readonly held: readonly string[];
  readonly resolved: readonly Alert[];
  /** Things that met the condition and had not been told before. */
  readonly matched: number;
  /** When the first window ends, or quiet hours, that something waits for. */
  readonly nextAt: Date | null;
}

const minuteMs = 60_000;

/**
 * An occasion counts once all of it has been gathered, and only when there is enough of it. `quietUntil`: a time before which this
 * is not to be told.
 */
export function planOf(
  { rule, alerts, empty, fresh }: Standing,
  now: Date,
  quietUntil: (telling: Telling) => Date = () => now,
): Plan {
  const gathered = fresh.filter(({ gathering }) => !gathering);
  const forgotten = tooLittle(rule, gathered);
  const enough = gathered.filter(({ occasion }) => !forgotten.includes(occasion));
  const tellings = [...Map.groupBy(enough, ({ group }) => group)].map(([group, own]) => ({
    group,
    alert: alerts.find((alert) => alert.groupKey === group) ?? null,
    occasions: own.map(({ occasion }) => occasion),
    fresh: sum(own),
  }));
  const freeAt = (telling: Telling): number =>
    Math.max(quietUntil(telling).getTime(), telling.alert ? windowEnd(rule, telling.alert) : 0);
  const waiting = tellings.filter((telling) => freeAt(telling) > now.getTime());
  const busy = new Set(fresh.filter(({ occasion }) => !forgotten.includes(occasion)).map(({ group }) => group));
  return {
    tellings: tellings.filter((telling) => !waiting.includes(telling)),
    forgotten,
    held:
      leastOf(rule) > 1 ? [...new Set(waiting.flatMap(({ occasions }) => occasions))].filter((one) => one !== "") : [],
    resolved: alerts.filter(({ id, groupKey }) => empty.has(id) && !busy.has(groupKey)),
    matched: sum(gathered),
    nextAt: waiting.length > 0 ? new Date(Math.min(...waiting.map(freeAt))) : null,
  };
}

const sum = (rows: readonly Fresh[]): number => rows.reduce((total, { fresh }) => total + fresh, 0);

const windowEnd = ({ windowMinutes }: AlertRule, { toldAt }: Alert): number =>
  (toldAt === null ? 0 : Date.parse(toldAt)) + windowMinutes * minuteMs;

const leastOf = ({ condition }: AlertRule): number => (condition.kind === "findings" ? condition.atLeast : 1);

/** What was found enough once stays enough, though it waits and gets less: its occasion is empty then. */
function tooLittle(rule: AlertRule, gathered: readonly Fresh[]): string[] {
  const atLeast = leastOf(rule);
  return [...Map.groupBy(gathered, ({ occasion }) => occasion)].flatMap(([occasion, own]) =>
    occasion !== "" && sum(own) < atLeast ? [occasion] : [],
  );
}

/** The run that all of it came with; null: several, or none. */
export const runOf = (occasions: readonly string[]): string | null => {
  const [occasion = "", ...others] = new Set(occasions);
  return others.length > 0 || occasion === "" || occasion.startsWith("at:") ? null : occasion;
};
