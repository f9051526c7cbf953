import type { ASTNode } from "@marcbachmann/cel-js";
import { functions, loops, methods } from "./cel-functions.ts";
import { fitting, methodTypes, functionTypes, type CelType } from "./cel-types.ts";

/** Why an expression is not taken. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(node: ASTNode, message: string) {
    super(`${message} (at character ${node.start + 1})`);
  }
}

/** Variable → its type. */
export type Types = ReadonlyMap<string, CelType>;

/** Member of a resource → its type. */
export type Members = Readonly<Record<string, CelType>>;

export interface Known {
  readonly types: Types;
  readonly members: Members;
}

const listed = (words: Iterable<string>): string => [...words].join(", ");

/** The type of an expression. Throws `Refusal` for what is not known, and for what could never be. */
export function typeOf(node: ASTNode, known: Known): CelType {
  const check = checks[node.op];
  if (!check) throw new Refusal(node, `${node.op} is not taken`);
  // safe: each is handed nodes of its own operator.
  return check(node as never, known);
}

type Node<Op extends ASTNode["op"]> = Extract<ASTNode, { readonly op: Op }>;
type Checks = { readonly [Op in ASTNode["op"]]?: (node: Node<Op>, known: Known) => CelType };

const checks: Checks = {
  value: (node) => typeOfValue(node, node.args),
  id: (node, { types }) => {
    const type = types.get(node.args);
    if (type) return type;
    throw new Refusal(node, `${node.args} is not known; known: ${listed(types.keys())}`);
  },
  ".": (node, known) => memberOf(node, typeOf(node.args[0], known), known),
  "[]": (node, known) => elementOf(node, known),
  call: (node, known) => call(node, known),
  rcall: (node, known) => callOn(node, known),
  list: (node, known) => (all(node.args, known), "list"),
  map: (node, known) => (all(node.args.flat(), known), "map"),
  "!_": (node, known) => wanted(node.args, ["bool"], known, "bool"),
  "-_": (node, known) => wanted(node.args, ["number"], known, "number"),
  "&&": (node, known) => logical(node, known),
  "||": (node, known) => logical(node, known),
  "?:": (node, known) => {
    wanted(node.args[0], ["bool"], known, "bool");
    const [one, other] = [typeOf(node.args[1], known), typeOf(node.args[2], known)];
    return one === other ? one : "dyn";
  },
  "==": (node, known) => equality(node, known),
  "!=": (node, known) => equality(node, known),
  "<": (node, known) => order(node, known),
  "<=": (node, known) => order(node, known),
  ">": (node, known) => order(node, known),
  ">=": (node, known) => order(node, known),
  in: (node, known) => {
    const [element, holder] = node.args;
    const within = typeOf(holder, known);
    wanted(element, within === "map" ? ["string"] : ["dyn"], known, "bool");
    return wanted(holder, ["list", "map"], known, "bool");
  },
  "+": (node, known) => calculation(node, known),
  "-": (node, known) => calculation(node, known),
  "*": (node, known) => calculation(node, known),
  "/": (node, known) => calculation(node, known),
  "%": (node, known) => calculation(node, known),
};

function typeOfValue(node: ASTNode, value: unknown): CelType {
  if (value === null) return "null";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  if (typeof value === "number" || typeof value === "bigint") return "number";
  throw new Refusal(node, "Bytes and unsigned numbers are not taken");
}

function all(nodes: readonly ASTNode[], known: Known): void {
  for (const node of nodes) typeOf(node, known);
}

/** `as` when the node is of one of these types, or of any. */
function wanted(node: ASTNode, types: readonly CelType[], known: Known, as: CelType): CelType {
  const type = typeOf(node, known);
  if (fitting(type, types)) return as;
  throw new Refusal(node, `${listed(types)} is wanted here, and this is ${type}`);
}

function logical(node: Node<"&&" | "||">, known: Known): CelType {
  for (const side of node.args) wanted(side, ["bool"], known, "bool");
  return "bool";
}

function sides(node: { readonly args: readonly [ASTNode, ASTNode] }, known: Known): readonly [CelType, CelType] {
  return [typeOf(node.args[0], known), typeOf(node.args[1], known)];
}

function equality(node: Node<"==" | "!=">, known: Known): CelType {
  const [left, right] = sides(node, known);
  if (left === right || [left, right].some((type) => type === "dyn" || type === "null")) return "bool";
  throw new Refusal(node, `${left} is never ${right}`);
}

const ordered: readonly CelType[] = ["number", "string", "timestamp", "duration", "bool"];

function order(node: Node<"<" | "<=" | ">" | ">=">, known: Known): CelType {
  const [left, right] = sides(node, known);
  if (fitting(left, ordered) && fitting(right, ordered) && (left === right || left === "dyn" || right === "dyn"))
    return "bool";
  throw new Refusal(node, `${left} and ${right} have no order`);
}

/** What comes of two types, beside two numbers. */
const sums: Readonly<Record<string, CelType>> = {
  "string + string": "string",
  "list + list": "list",
  "timestamp + duration": "timestamp",
  "duration + timestamp": "timestamp",
  "duration + duration": "duration",
  "timestamp - timestamp": "duration",
  "timestamp - duration": "timestamp",
  "duration - duration": "duration",
};

function calculation(node: Node<"+" | "-" | "*" | "/" | "%">, known: Known): CelType {
  const [left, right] = sides(node, known);
  if (left === "number" && right === "number") return "number";
  const made = sums[`${left} ${node.op} ${right}`];
  if (made) return made;
  if (left === "dyn" || right === "dyn") return "dyn";
  throw new Refusal(node, `${left} ${node.op} ${right} makes nothing`);
}

function memberOf(node: Node<".">, of: CelType, { members }: Known): CelType {
  const [, name] = node.args;
  if (of === "dyn" || of === "map") return "dyn";
  if (of !== "resource") throw new Refusal(node, `${of} has no members`);
  const type = Object.hasOwn(members, name) ? members[name] : undefined;
  if (type) return type;
  throw new Refusal(node, `A resource has no ${name}; known: ${listed(Object.keys(members))}`);
}

function elementOf({ args: [of, index] }: Node<"[]">, known: Known): CelType {
  const type = typeOf(of, known);
  wanted(of, ["list", "map"], known, "dyn");
  return wanted(index, type === "list" ? ["number"] : type === "map" ? ["string"] : ["number", "string"], known, "dyn");
}

function call(node: Node<"call">, known: Known): CelType {
  const [name, args] = node.args;
  if (name === "has") return has(node, args, known);
  const own = Object.hasOwn(functionTypes, name) ? functionTypes[name] : undefined;
  if (!own) throw new Refusal(node, `${name}() is not known; known: ${listed(["has", ...Object.keys(functions)])}`);
  const [arg] = args;
  if (!arg || args.length > 1) throw new Refusal(node, `${name}() takes one argument`);
  return wanted(arg, own.takes, known, own.answers);
}

function has(node: ASTNode, [member, ...rest]: readonly ASTNode[], known: Known): CelType {
  if (member?.op !== "." || rest.length > 0) throw new Refusal(node, "has() takes a member: has(resource.tags.owner)");
  typeOf(member, known);
  return "bool";
}

function callOn(node: Node<"rcall">, known: Known): CelType {
  const [name, receiver, args] = node.args;
  if (loops.some((loop) => loop === name)) return loop(node, known);
  if (name === "matches")
    throw new Refusal(node, "matches() is not taken: use glob() with *, startsWith(), endsWith() or contains()");
  const own = Object.hasOwn(methodTypes, name) ? methodTypes[name] : undefined;
  if (!own) throw new Refusal(node, `${name}() is not known; known: ${listed([...loops, ...Object.keys(methods)])}`);
  const wants = own.with ?? [];
  if (args.length !== wants.length) throw new Refusal(node, `${name}() takes ${wants.length} arguments`);
  for (const [at, arg] of args.entries()) wanted(arg, [wants[at] ?? "dyn"], known, "dyn");
  return wanted(receiver, own.takes, known, own.answers);
}

function loop(node: Node<"rcall">, known: Known): CelType {
  const [name, receiver, [variable, ...bodies]] = node.args;
  wanted(receiver, ["list", "map"], known, "dyn");
  const isRight = bodies.length === 1 || (name === "map" && bodies.length === 2);
  if (variable?.op !== "id" || !isRight)
    throw new Refusal(node, `${name}() takes a name and what is asked of each: ${name}(x, x > 1)`);
  const inside = { ...known, types: new Map<string, CelType>([...known.types, [variable.args, "dyn"]]) };
  const [first, second] = bodies;
  if (first && (name !== "map" || second)) wanted(first, ["bool"], inside, "bool");
  all(bodies, inside);
  return name === "map" || name === "filter" ? "list" : "bool";
}
