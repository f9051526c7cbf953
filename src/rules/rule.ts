import type { RuleCondition } from "#db/values";
import { compileExpression } from "./cel.ts";
import { holds, type Judging } from "./condition.ts";
import { Meter, NotKnown, TooMuch } from "./meter.ts";
import { Reads, type Read } from "./reads.ts";
import type { RuleSubject } from "./subject.ts";

/** What a rule says of resources: exactly one of the two. It describes what is wrong. */
export interface RuleText {
  readonly condition: RuleCondition | null;
  /** CEL. */
  readonly expression: string | null;
}

export type RuleVerdict =
  | { readonly status: "fail"; readonly reads: readonly Read[] }
  | { readonly status: "pass" }
  | { readonly status: "unknown"; readonly reason: string };

export interface CompiledRule {
  /** Never throws. `meter`: counts what it costs. */
  judge(subject: RuleSubject, now: Date, meter?: Meter): RuleVerdict;
}

/** Compiles a rule that was stored: one that is not taken any more is unknown of every resource. */
export function compileRule({ condition, expression }: RuleText): CompiledRule {
  if (condition !== null) return { judge: judgeBy((judging) => holds(condition, judging)) };
  const compiled = compileExpression(expression ?? "");
  if ("message" in compiled)
    return { judge: () => ({ status: "unknown", reason: `The expression ${compiled.message}.` }) };
  return { judge: judgeBy((judging) => compiled.holds(judging)) };
}

const judgeBy =
  (isSo: (judging: Judging) => boolean): CompiledRule["judge"] =>
  (subject, now, meter = new Meter()) => {
    const reads = new Reads();
    try {
      return isSo({ subject, now, meter, reads }) ? { status: "fail", reads: reads.all() } : { status: "pass" };
    } catch (error) {
      if (error instanceof NotKnown || error instanceof TooMuch)
        return { status: "unknown", reason: `${error.message.slice(0, 300)}.` };
      throw error;
    }
  };
