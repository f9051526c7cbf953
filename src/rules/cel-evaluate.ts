import type { ASTNode } from "@marcbachmann/cel-js";
import { functions, methods } from "./cel-functions.ts";
import { binary } from "./cel-operators.ts";
import { int, isMap, kindOf } from "./cel-values.ts";
import { decided, type Judging } from "./condition.ts";
import { NotKnown, type Meter } from "./meter.ts";
import { fieldOf, type Path } from "./reads.ts";

/*
 * The library parses and checks; what it parsed is evaluated here, since only so can each step be counted, what is not known
 * be told from what is not there, and the fields that were read be named.
 */

/** A value, and where in the resource it stands; null: nowhere. */
interface Bound {
  readonly value: unknown;
  readonly path: Path | null;
}

/** Names, the innermost first. */
export interface Scope {
  readonly name: string;
  readonly bound: Bound;
  readonly outer: Scope | null;
}

/** The resource itself, above all paths. */
export const resourcePath: Path = { above: null, key: "resource" };

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
const either = (both: readonly [ASTNode, ASTNode], deciding: boolean, evaluation: Evaluation): boolean =>
  decided(both, deciding, (side) => truth(side, evaluation), evaluation.judging.meter);

/** What is looked in is evidence: of a map the member, of a list all of it. */
function isIn([element, holder]: readonly [ASTNode, ASTNode], evaluation: Evaluation): unknown {
  const { reads, meter } = evaluation.judging;
  const one = evaluate(element, evaluation);
  const { value, path } = read(holder, evaluation);
  if (path !== null && isMap(value) && typeof one === "string")
    reads.add(memberPath(path, one), Object.hasOwn(value, one) ? value[one] : null);
  else if (path !== null && Array.isArray(value)) reads.add(path, value);
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
  const { value, path } = found;
  if (value === undefined) throw new NotKnown(`${named(path)} is not known`);
  if (path !== null && path !== resourcePath && !isInside(value)) evaluation.judging.reads.add(path, plain(value));
  return found;
}

const isInside = (value: unknown): boolean => value !== null && typeof value === "object" && !(value instanceof Date);
const plain = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : value);
const named = (path: Path | null): string => (path === null ? "Something" : fieldOf(path));

/** The same; `undefined` where it is not known. */
function reach(node: ASTNode, evaluation: Evaluation): Bound {
  if (node.op === "id") return boundTo(node.args, evaluation.scope);
  if (node.op !== "." && node.op !== "[]") return { value: evaluate(node, evaluation), path: null };
  evaluation.judging.meter.spend(1);
  const [of, member] = node.args;
  const inside = reach(of, evaluation);
  if (inside.value === undefined) return inside;
  return memberOf(inside, typeof member === "string" ? member : evaluate(member, evaluation));
}

function boundTo(name: string, scope: Scope): Bound {
  for (let at: Scope | null = scope; at; at = at.outer) if (at.name === name) return at.bound;
  return { value: undefined, path: { above: null, key: name } };
}

const memberPath = (above: Path, key: string | number): Path => ({ above: above === resourcePath ? null : above, key });

const isTags = (path: Path | null): boolean => path?.above === null && path.key === "tags";

function memberOf({ value, path }: Bound, member: unknown): Bound {
  if (Array.isArray(value)) {
    const index = Number(member);
    if (!Number.isInteger(index) || index < 0 || index >= value.length)
      throw new NotKnown(`${named(path)} has no element ${String(member)}`);
    return { value: value[index], path: path && memberPath(path, index) };
  }
  if (!isMap(value)) throw new NotKnown(`${named(path)} is ${kindOf(value)}, which has no members`);
  if (typeof member !== "string") throw new NotKnown(`${kindOf(member)} is no name of a member`);
  const at = path && memberPath(path, member);
  if (Object.hasOwn(value, member)) return { value: value[member], path: at };
  // A tag that is not there is known not to be there.
  if (isTags(path)) throw new NotKnown(`There is no tag ${member}; ask for it with has() or in`);
  return { value: undefined, path: at };
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
  if (inside.path && isTags(inside.path) && isMap(inside.value)) {
    const isThere = Object.hasOwn(inside.value, name);
    evaluation.judging.reads.add(memberPath(inside.path, name), isThere ? inside.value[name] : null);
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
  const { meter } = evaluation.judging;
  const items = itemsOf(read(receiver, evaluation), meter);
  const inside = (bound: Bound): Evaluation => {
    meter.spend(1);
    return { ...evaluation, scope: { name: variable.args, bound, outer: evaluation.scope } };
  };
  const holds = (item: Bound): boolean => truth(body, inside(item));
  switch (name) {
    case "exists":
    case "all":
      return decided(items, name === "exists", holds, meter);
    case "exists_one":
      return [...items].filter(holds).length === 1;
    case "filter":
      return [...items].filter(holds).map(({ value }) => value);
    default:
      return (transform ? [...items].filter(holds) : [...items]).map((item) =>
        evaluate(transform ?? body, inside(item)),
      );
  }
}

/** Elements of a list; keys of a map. One after the other, so that nothing is made of those nobody asks for. */
function* itemsOf({ value, path }: Bound, meter: Meter): Generator<Bound, void> {
  if (isMap(value)) {
    const keys = Object.keys(value);
    meter.spend(keys.length);
    for (const key of keys) yield { value: key, path: null };
  } else if (Array.isArray(value)) {
    for (const [at, one] of value.entries()) yield { value: one as unknown, path: path && memberPath(path, at) };
  } else throw new NotKnown(`${named(path)} is ${kindOf(value)}, which holds no elements`);
}
