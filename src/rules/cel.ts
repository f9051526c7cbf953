import { Environment, type ASTNode } from "@marcbachmann/cel-js";
import { evaluate, type Scope } from "./cel-evaluate.ts";
import { functions, loops, methods } from "./cel-functions.ts";
import { kindOf } from "./cel-values.ts";
import type { Judging } from "./condition.ts";
import { NotKnown } from "./meter.ts";
import type { RuleSubject } from "./subject.ts";

/** Characters an expression may have. */
export const expressionMax = 2_000;

/** Of what is parsed. */
const limits = { maxAstNodes: 250, maxDepth: 24, maxListElements: 100, maxMapEntries: 20, maxCallArguments: 3 };

const time = "google.protobuf.Timestamp";
const fields = {
  id: "string",
  arn: "dyn",
  name: "dyn",
  state: "dyn",
  region: "string",
  service: "string",
  resourceType: "string",
  createdAt: time,
  expiresAt: time,
  costMonthly: "dyn",
  tags: "map<string, string>",
  attributes: "map<string, dyn>",
} as const satisfies Record<keyof RuleSubject, string>;

let made: Environment | null = null;

/** Made when the first expression is met: it takes some milliseconds. */
const environment = (): Environment =>
  (made ??= new Environment({ homogeneousAggregateLiterals: false, limits })
    .registerType("Resource", { fields })
    .registerVariable("resource", "Resource")
    .registerVariable("now", time)
    .registerFunction("string.glob(string): bool", () => false));

/** An expression as it may be asked about resources. */
export interface CompiledExpression {
  /** Throws `NotKnown` and `TooMuch`. */
  holds(judging: Judging): boolean;
}

/** What is wrong with an expression. */
export interface ExpressionProblem {
  readonly message: string;
}

/** Parses and checks an expression, and refuses what could not be bounded. */
export function compileExpression(source: string): CompiledExpression | ExpressionProblem {
  if (source.length > expressionMax) return { message: `is longer than ${expressionMax} characters` };
  let parsed;
  try {
    parsed = environment().parse(source);
  } catch (error) {
    return { message: told(error) };
  }
  // Before it is checked: what is refused by name should not be met as a matter of types.
  const refused = refusal(parsed.ast, new Set(["resource", "now"]));
  if (refused !== null) return { message: refused };
  const checked = parsed.check();
  if (!checked.valid) return { message: told(checked.error) };
  if (checked.type !== "bool" && checked.type !== "dyn")
    return { message: `must be true or false in the end, and is ${checked.type}` };
  const { ast } = parsed;
  return { holds: (judging) => outcome(evaluate(ast, { judging, scope: scopeOf(judging) })) };
}

/** The library's own words, and where. */
function told(error: unknown): string {
  const { summary, message, range } = error as {
    readonly summary?: string;
    readonly message: string;
    readonly range?: { readonly start: number };
  };
  return `${(summary ?? message).slice(0, 300)}${range ? ` (at character ${range.start + 1})` : ""}`;
}

function outcome(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new NotKnown(`The expression is ${kindOf(value)} here, neither true nor false`);
}

function scopeOf({ subject, now }: Judging): Scope {
  const createdAt = subject.createdAt === undefined ? undefined : new Date(subject.createdAt);
  const expiresAt = subject.expiresAt === null ? null : new Date(subject.expiresAt);
  return new Map([
    ["resource", { value: { ...subject, createdAt, expiresAt }, field: "resource" }],
    ["now", { value: now, field: null }],
  ]);
}

const listed = (words: readonly string[]): string => words.join(", ");
const isOneOf = (name: string, known: object): boolean => Object.hasOwn(known, name);
const isLoop = (name: string): boolean => loops.some((one) => one === name);

/** Why an expression is not taken; null: it is. `names`: the variables it may use. */
function refusal(node: ASTNode, names: ReadonlySet<string>): string | null {
  if (node.op === "value" && typeof node.args === "object" && node.args !== null)
    return "Bytes and unsigned numbers are not taken";
  if (node.op === "id") return names.has(node.args) ? null : `${node.args} is not known; known: ${listed([...names])}`;
  if (node.op === "call") return refusalOfCall(node.args[0], node.args[1], names);
  if (node.op === "rcall") return refusalOfMethod(node.args, names);
  return firstOf(([node.args] as unknown[]).flat(2).filter(isNode), names);
}

const isNode = (part: unknown): part is ASTNode => part !== null && typeof part === "object" && "op" in part;

function firstOf(nodes: readonly ASTNode[], names: ReadonlySet<string>): string | null {
  for (const node of nodes) {
    const refused = refusal(node, names);
    if (refused !== null) return refused;
  }
  return null;
}

function refusalOfCall(name: string, args: readonly ASTNode[], names: ReadonlySet<string>): string | null {
  if (name !== "has" && !isOneOf(name, functions))
    return `${name}() is not known; known: ${listed(["has", ...Object.keys(functions)])}`;
  return firstOf(args, names);
}

function refusalOfMethod(
  [name, receiver, args]: readonly [string, ASTNode, readonly ASTNode[]],
  names: ReadonlySet<string>,
): string | null {
  if (name === "matches") return "matches() is not taken: use glob() with *, startsWith(), endsWith() or contains()";
  const [variable, ...bodies] = args;
  if (isLoop(name) && variable?.op === "id")
    return refusal(receiver, names) ?? firstOf(bodies, new Set([...names, variable.args]));
  if (!isLoop(name) && !isOneOf(name, methods))
    return `${name}() is not known; known: ${listed([...loops, ...Object.keys(methods)])}`;
  return firstOf([receiver, ...args], names);
}
