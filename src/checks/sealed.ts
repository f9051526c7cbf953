import type { CollectorId, FoundBy } from "#collectors/registry";
import type { Check, JudgeContext, Verdict } from "./check.ts";

/** A check as the scan engine holds it: whichever collector it reads, asked the same way. */
export interface SealedCheck extends Omit<Check<CollectorId, object, CollectorId>, "judge" | "deadline"> {
  /** A rule's name; the title of a check stands in its `About`. */
  readonly title?: string;
  judge(found: FoundBy<CollectorId>, context: JudgeContext<object, CollectorId>): Verdict;
  deadline?(found: FoundBy<CollectorId>, params: object): string | null;
}

/** Forgets which collectors a check reads; the engine hands it only what its `resources` and `reads` name. */
export function sealed<Id extends CollectorId, Params extends object, Reads extends CollectorId>(
  check: Check<Id, Params, Reads>,
): SealedCheck {
  // safe: the engine calls `judge` only with things found by a collector in `resources`, and `others` only answers `reads`.
  return check as unknown as SealedCheck;
}
