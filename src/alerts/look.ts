import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import type { AlertCondition, AlertItem } from "#db/values";
import type { AboutChecks } from "#scans/about";
import type { Routed } from "./rule.ts";

/** One thing that meets a condition now. */
export interface Seen extends Routed {
  /** Its id; empty: the organization. */
  readonly subject: string;
  readonly item: AlertItem;
  /** Instead of `accountId`, of what is about several. */
  readonly accountIds?: readonly string[] | undefined;
  /** Shown behind it where there is room. */
  readonly also?: readonly AlertItem[];
}

/** Subjects of one rule; what is more is left out, and the alert says so. */
export const subjectsMax = 1_000;

export type StateKind = Exclude<AlertCondition["kind"], "findings">;
export type Of<K extends StateKind> = Extract<AlertCondition, { readonly kind: K }>;
/** What a rule that looks at how things are goes by. */
export type StateCondition = Of<StateKind>;

/** How one kind of condition is looked at: what the database is asked, and what its answers mean: rows of each statement. */
export interface Look<K extends StateKind, Answers extends readonly unknown[] = readonly unknown[]> {
  ask(org: OrgContext, condition: Of<K>): readonly Statement[];
  /** What else is asked, once that is known; its answers come behind. */
  more?(org: OrgContext, answers: Answers, condition: Of<K>): readonly Statement[];
  read(answers: Answers, condition: Of<K>, about: AboutChecks, now: Date): readonly Seen[];
  /** Subjects that were not seen, but of which cannot be said that they do not meet the condition; none where it is left out. */
  unclear?(answers: Answers, condition: Of<K>, about: AboutChecks): readonly string[];
}

/** What a look brought. */
export interface Sighting {
  /** What meets the condition; one more than `subjectsMax` at most. */
  readonly seen: readonly Seen[];
  /** Subjects that nothing is known of: who was told of them is not told that they are over. */
  readonly unclear: readonly string[];
}

export const nowhere: Routed = { accountId: null, tags: {} };

export const limit = `LIMIT ${subjectsMax + 1}`;
const hourMs = 3_600_000;
export const hoursAgo = (now: Date, hours: number): string => new Date(now.getTime() - hours * hourMs).toISOString();
