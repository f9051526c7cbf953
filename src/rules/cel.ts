import { Environment } from "@marcbachmann/cel-js";
import { Refusal, typeOf, type Known } from "./cel-check.ts";
import { evaluate, resourcePath, type Scope } from "./cel-evaluate.ts";
import type { CelType } from "./cel-types.ts";
import { kindOf } from "./cel-values.ts";
import type { Judging } from "./condition.ts";
import { NotKnown } from "./meter.ts";
import type { RuleSubject } from "./subject.ts";

/** Characters an expression may have. */
export const expressionMax = 2_000;

/** The library parses, within these; the Worker's bundle has no more of it (scripts/bundle/cel.js). */
const parser = new Environment({
  limits: { maxAstNodes: 250, maxDepth: 24, maxListElements: 100, maxMapEntries: 20, maxCallArguments: 3 },
});

const known: Known = {
  types: new Map<string, CelType>([
    ["resource", "resource"],
    ["now", "timestamp"],
  ]),
  members: {
    id: "string",
    arn: "dyn",
    name: "dyn",
    state: "dyn",
    region: "string",
    service: "string",
    resourceType: "string",
    createdAt: "timestamp",
    expiresAt: "timestamp",
    costMonthly: "number",
    tags: "map",
    attributes: "map",
  } satisfies Record<keyof RuleSubject, CelType>,
};

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
  try {
    const { ast } = parser.parse(source);
    const type = typeOf(ast, known);
    if (type !== "bool" && type !== "dyn")
      throw new Refusal(ast, `It must be true or false in the end, and is ${type}`);
    return { holds: (judging) => outcome(evaluate(ast, { judging, scope: scopeOf(judging) })) };
  } catch (error) {
    return { message: error instanceof Refusal ? error.message : told(error) };
  }
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
  const resource = { value: { ...subject, createdAt, expiresAt }, path: resourcePath };
  return {
    name: "resource",
    bound: resource,
    outer: { name: "now", bound: { value: now, path: null }, outer: null },
  };
}
