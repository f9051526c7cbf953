import type { RuleCondition } from "#db/values";
import { NotKnown, type Meter } from "./meter.ts";
import { operatorNames, operatorOf, valueProblem } from "./operators.ts";
import { fieldProblem, known, placesOf, type Place } from "./path.ts";
import type { Reads } from "./reads.ts";
import type { RuleSubject } from "./subject.ts";

/** One thing wrong with a condition; `path` leads to it. */
export interface ConditionProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const depthMax = 8;
const leavesMax = 50;
const shape = "must be {field, operator, value}, {all: […]}, {any: […]} or {not: …}";

/** Everything wrong with a condition that somebody sent, whatever it is. */
export function conditionProblems(condition: unknown): readonly ConditionProblem[] {
  const looked = { leaves: 0 };
  const problems = problemsAt(condition, { path: [], depth: 1, looked });
  if (looked.leaves <= leavesMax) return problems;
  return [{ path: [], message: `has more than ${leavesMax} comparisons` }];
}

interface Spot {
  readonly path: ConditionProblem["path"];
  readonly depth: number;
  readonly looked: { leaves: number };
}

function problemsAt(condition: unknown, spot: Spot): readonly ConditionProblem[] {
  const { path, depth, looked } = spot;
  if (depth > depthMax) return [{ path, message: `is nested deeper than ${depthMax}` }];
  if (condition === null || typeof condition !== "object" || Array.isArray(condition))
    return [{ path, message: shape }];
  const [[only, inner] = ["", null], ...others] = Object.entries(condition) as [string, unknown][];
  const inside = { path: [...path, only], depth: depth + 1, looked };
  if (others.length === 0 && only === "not") return problemsAt(inner, inside);
  if (others.length === 0 && (only === "all" || only === "any")) return problemsOfList(inner, inside);
  looked.leaves += 1;
  return looked.leaves > leavesMax ? [] : leafProblems(condition, path);
}

function problemsOfList(list: unknown, { path, ...rest }: Spot): readonly ConditionProblem[] {
  if (!Array.isArray(list) || list.length === 0 || list.length > leavesMax)
    return [{ path, message: `must be a list of 1 to ${leavesMax} conditions` }];
  return list.flatMap((one: unknown, at) => problemsAt(one, { path: [...path, at], ...rest }));
}

function leafProblems(leaf: object, path: ConditionProblem["path"]): readonly ConditionProblem[] {
  const unknown = Object.keys(leaf).find((name) => !["field", "operator", "value"].includes(name));
  if (unknown !== undefined)
    return [{ path: [...path, unknown.slice(0, 64)], message: `is not known here; a condition ${shape}` }];
  // safe: its members are looked at before they are used.
  const { field, operator, value } = leaf as Readonly<Record<string, unknown>>;
  if (typeof field !== "string" || typeof operator !== "string") return [{ path, message: shape }];
  const wrongField = fieldProblem(field);
  if (wrongField !== null) return [{ path: [...path, "field"], message: wrongField }];
  const known = operatorOf(operator);
  if (!known) return [{ path: [...path, "operator"], message: `is not known; known: ${operatorNames.join(", ")}` }];
  const wrongValue = valueProblem(known, value);
  return wrongValue === null ? [] : [{ path: [...path, "value"], message: wrongValue }];
}

export interface Judging {
  readonly subject: RuleSubject;
  readonly now: Date;
  readonly meter: Meter;
  readonly reads: Reads;
}

/** Whether a condition holds of a resource. Throws `NotKnown` when that hangs on what is not known, and `TooMuch`. */
export function holds(condition: RuleCondition, judging: Judging): boolean {
  const { meter, subject } = judging;
  meter.spend(1);
  if ("all" in condition) return decided(condition.all, false, (one) => holds(one, judging), meter);
  if ("any" in condition) return decided(condition.any, true, (one) => holds(one, judging), meter);
  if ("not" in condition) return !holds(condition.not, judging);
  const operator = operatorOf(condition.operator);
  if (!operator) throw new NotKnown(`The operator ${condition.operator} is not known any more`);
  const { now, reads } = judging;
  const isOfAny = condition.field.includes("*");
  const isSo = (place: Place): boolean => {
    meter.spend(1);
    const value = known(place);
    const so = operator.holds({ path: place.path, value, against: condition.value, now, meter });
    if (so || !isOfAny) reads.add(place.path, value);
    return so;
  };
  return decided(placesOf(subject, condition.field, meter), true, isSo, meter);
}

/** One for which the test is `deciding` decides; without one, what is not known leaves it open. */
export function decided<Item>(
  items: Iterable<Item>,
  deciding: boolean,
  test: (item: Item) => boolean,
  meter: Meter,
): boolean {
  let open: NotKnown | null = null;
  for (const item of items) {
    try {
      if (test(item) === deciding) return deciding;
    } catch (error) {
      if (!(error instanceof NotKnown)) throw error;
      meter.spendError();
      open ??= error;
    }
  }
  if (open) throw open;
  return !deciding;
}
