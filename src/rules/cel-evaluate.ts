import type { ASTNode } from "@marcbachmann/cel-js";
import { functions, methods } from "./cel-functions.ts";
import { binary } from "./cel-operators.ts";
import { int, isMap, kindOf } from "./cel-values.ts";
import type { Judging } from "./condition.ts";
import { NotKnown } from "./meter.ts";

/*
 * The library parses and checks; what it parsed is evaluated here, since only so can each step be counted, what is not known
 * be told from what is not there, and the fields that were read be named.
 */

/** A value under a name, and where in the resource it stands; null: nowhere. */
interface Bound {
  readonly value: unknown;
  readonly field: string | null;
}

export type Scope = ReadonlyMap<string, Bound>;

interface Evaluation {
  readonly judging: Judging;
  readonly scope: Scope;
}

/** The value of an expression. Throws `NotKnown` and `TooMuch`. */
export function evaluate(node: ASTNode, evaluation: Evaluation): unknown {
  evaluation.judging.meter.spend(1);
  if (node.op === "value") return node.args;
  if (node.op === "id" || node.op === "." || node.op === "[]") return read(node, evaluation).value;
  if (node.op === "call") return call(node.args, evaluation);
  if (node.op === "rcall") return callOn(node.args, evaluation);
  if (node.op === "list") return node.args.map((one) => evaluate(one, evaluation));
  if (node.op === "map") return Object.fromEntries(node.args.map((pair) => entry(pair, evaluation)));
  if (node.op === ".?" || node.op === "[?]") throw new NotKnown("The expression is not taken any more");
  return operate(node, evaluation);
}

function entry([key, value]: readonly [ASTNode, ASTNode], evaluation: Evaluation): [string, unknown] {
  return [String(evaluate(key, evaluation)), evaluate(value, evaluation)];
}

type Value = "value" | "id" | "." | "[]" | ".?" | "[?]" | "call" | "rcall" | "list" | "map";

function operate(node: Exclude<ASTNode, { readonly op: Value }>, evaluation: Evaluation): unknown {
  if (node.op === "!_") return !truth(node.args, evaluation);
  if (node.op === "-_") return negated(evaluate(node.args, evaluation));
  if (node.op === "||" || node.op === "&&") return either(node.args, node.op === "||", evaluation);
  if (node.op === "in") return isIn(node.args, evaluation);
  if (node.op === "?:") return evaluate(truth(node.args[0], evaluation) ? node.args[1] : node.args[2], evaluation);
  const [left, right] = node.args;
  return binary(node.op, evaluate(left, evaluation), evaluate(right, evaluation), evaluation.judging.meter);
}

function truth(node: ASTNode, evaluation: Evaluation): boolean {
  const value = evaluate(node, evaluation);
  if (typeof value !== "boolean") throw new NotKnown(`${kindOf(value)} is neither true nor false`);
  return value;
}

/** `deciding` of either side decides, though the other is not known. */
function either([left, right]: readonly [ASTNode, ASTNode], deciding: boolean, evaluation: Evaluation): boolean {
  let open: NotKnown | null = null;
  try {
    if (truth(left, evaluation) === deciding) return deciding;
  } catch (error) {
    if (!(error instanceof NotKnown)) throw error;
    open = error;
  }
  if (truth(right, evaluation) === deciding) return deciding;
  if (open) throw open;
  return !deciding;
}

/** What is looked in is evidence: of a map the member, of a list all of it. */
function isIn([element, holder]: readonly [ASTNode, ASTNode], evaluation: Evaluation): unknown {
  const { reads, meter } = evaluation.judging;
  const one = evaluate(element, evaluation);
  const { value, field } = read(holder, evaluation);
  if (field !== null && isMap(value) && typeof one === "string")
    reads.add(`${field}.${one}`, Object.hasOwn(value, one) ? value[one] : null);
  else if (field !== null && Array.isArray(value)) reads.add(field, value);
  return binary("in", one, value, meter);
}

function negated(value: unknown): unknown {
  if (typeof value === "bigint") return int(-value);
  if (typeof value === "number") return -value;
  throw new NotKnown(`${kindOf(value)} cannot be negative`);
}

/** A name or a member, and where it stands. What is read in the end is evidence. */
function read(node: ASTNode, evaluation: Evaluation): Bound {
  const found = reach(node, evaluation);
  if (found.value === undefined) throw new NotKnown(`${found.field ?? "Something"} is not known`);
  const isInside = found.value !== null && typeof found.value === "object" && !(found.value instanceof Date);
  if (found.field !== null && !isInside) evaluation.judging.reads.add(found.field, plain(found.value));
  return found;
}

const plain = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : value);

/** The same; `undefined` where it is not known. */
function reach(node: ASTNode, evaluation: Evaluation): Bound {
  if (node.op === "id") return evaluation.scope.get(node.args) ?? { value: undefined, field: node.args };
  if (node.op !== "." && node.op !== "[]") return { value: evaluate(node, evaluation), field: null };
  evaluation.judging.meter.spend(1);
  const [of, member] = node.args;
  const inside = reach(of, evaluation);
  if (inside.value === undefined) return inside;
  return memberOf(inside, typeof member === "string" ? member : evaluate(member, evaluation));
}

function memberOf({ value, field }: Bound, member: unknown): Bound {
  const at = field === null ? null : field === "resource" ? String(member) : `${field}.${String(member)}`;
  if (Array.isArray(value)) {
    const index = Number(member);
    if (!Number.isInteger(index) || index < 0 || index >= value.length)
      throw new NotKnown(`${field ?? "A list"} has no element ${String(member)}`);
    return { value: value[index], field: at };
  }
  if (!isMap(value)) throw new NotKnown(`${field ?? "Something"} is ${kindOf(value)}, which has no members`);
  if (typeof member !== "string") throw new NotKnown(`${kindOf(member)} is no name of a member`);
  if (Object.hasOwn(value, member)) return { value: value[member], field: at };
  // A tag that is not there is known not to be there.
  if (field === "tags") throw new NotKnown(`There is no tag ${member}; ask for it with has() or in`);
  return { value: undefined, field: at };
}

function call([name, args]: readonly [string, readonly ASTNode[]], evaluation: Evaluation): unknown {
  const [first] = args;
  if (name === "has" && first) return has(first, evaluation);
  const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (!known) throw new NotKnown(`The function ${name} is not known any more`);
  return known(
    args.map((one) => evaluate(one, evaluation)),
    evaluation.judging.meter,
  );
}

/** Whether there is anything; what is not known leaves it open, except that a tag is there or is not. */
function has(node: ASTNode, evaluation: Evaluation): boolean {
  if (node.op !== ".") throw new NotKnown("has() takes a member");
  const [of, name] = node.args;
  const inside = read(of, evaluation);
  if (inside.value === null) return false;
  if (inside.field === "tags" && isMap(inside.value)) {
    const isThere = Object.hasOwn(inside.value, name);
    evaluation.judging.reads.add(`tags.${name}`, isThere ? inside.value[name] : null);
    return isThere;
  }
  return read(node, evaluation).value !== null;
}

type Method = readonly [name: string, receiver: ASTNode, args: readonly ASTNode[]];

function callOn([name, receiver, args]: Method, evaluation: Evaluation): unknown {
  const known = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (!known) return loop([name, receiver, args], evaluation);
  return known(
    [evaluate(receiver, evaluation), ...args.map((one) => evaluate(one, evaluation))],
    evaluation.judging.meter,
  );
}

function loop([name, receiver, [variable, ...bodies]]: Method, evaluation: Evaluation): unknown {
  const [body, transform] = bodies;
  if (variable?.op !== "id" || !body) throw new NotKnown(`The method ${name} is not known any more`);
  const items = itemsOf(read(receiver, evaluation));
  const inside = (item: Bound): Evaluation => {
    evaluation.judging.meter.spend(1);
    return { ...evaluation, scope: new Map([...evaluation.scope, [variable.args, item]]) };
  };
  const holds = (item: Bound): boolean => truth(body, inside(item));
  switch (name) {
    case "exists":
      return decided(items, true, holds);
    case "all":
      return decided(items, false, holds);
    case "exists_one":
      return items.filter(holds).length === 1;
    case "filter":
      return items.filter(holds).map(({ value }) => value);
    default:
      return (transform ? items.filter(holds) : items).map((item) => evaluate(transform ?? body, inside(item)));
  }
}

/** Elements of a list; keys of a map. */
function itemsOf({ value, field }: Bound): Bound[] {
  if (isMap(value)) return Object.keys(value).map((key) => ({ value: key, field: null }));
  if (!Array.isArray(value)) throw new NotKnown(`${field ?? "Something"} is ${kindOf(value)}, which holds no elements`);
  return value.map((one: unknown, at) => ({ value: one, field: field === null ? null : `${field}.${at}` }));
}

/** One element decides, though others are not known. */
function decided(items: readonly Bound[], deciding: boolean, holds: (item: Bound) => boolean): boolean {
  let open: NotKnown | null = null;
  for (const item of items) {
    try {
      if (holds(item) === deciding) return deciding;
    } catch (error) {
      if (!(error instanceof NotKnown)) throw error;
      open ??= error;
    }
  }
  if (open) throw open;
  return !deciding;
}
