import { z } from "zod";
import { textAt } from "#aws/answer";

/** One statement of a policy. AWS lets most members be a string or a list; here all are lists. */
export interface PolicyStatement {
  readonly sid: string | null;
  readonly effect: "Allow" | "Deny";
  /** Kind of principal → names; everyone is `{ AWS: ["*"] }`. Empty when the statement names `notPrincipals`. */
  readonly principals: Readonly<Record<string, readonly string[]>>;
  readonly notPrincipals: Readonly<Record<string, readonly string[]>>;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  /** All must hold; within one, any of the values. Operators and keys stand as written, their case has no meaning. */
  readonly conditions: readonly {
    readonly operator: string;
    readonly key: string;
    readonly values: readonly string[];
  }[];
}

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const scalars = z.union([scalar.transform((one) => [one]), z.array(scalar)]).default([]);
const principals = z
  .union([z.string().transform((name) => ({ AWS: [name] })), z.record(z.string(), scalars)])
  .default({});

const Statement = z
  .object({
    Sid: z.string().nullish(),
    Effect: z.enum(["Allow", "Deny"]),
    Principal: principals,
    NotPrincipal: principals,
    Action: scalars,
    NotAction: scalars,
    Resource: scalars,
    NotResource: scalars,
    Condition: z.record(z.string(), z.record(z.string(), scalars)).default({}),
  })
  .transform((statement) => ({
    sid: statement.Sid ?? null,
    effect: statement.Effect,
    principals: statement.Principal,
    notPrincipals: statement.NotPrincipal,
    actions: statement.Action,
    notActions: statement.NotAction,
    resources: statement.Resource,
    notResources: statement.NotResource,
    conditions: Object.entries(statement.Condition).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => ({ operator, key, values })),
    ),
  }));

/** The statements of a policy document, given as an object. */
export const PolicyDocument = z
  .object({ Statement: z.union([z.array(Statement), Statement.transform((one) => [one])]) })
  .transform((policy) => policy.Statement);

/**
 * The statements of a policy document given as text: JSON, or JSON percent-encoded as IAM writes it. `null` for none;
 * `undefined` for a text that is no policy.
 */
export function policyOf(text: string | null | undefined): readonly PolicyStatement[] | null | undefined {
  if (text === null || text === undefined || text === "") return null;
  try {
    const json = text.trimStart().startsWith("{") ? text : decodeURIComponent(text);
    return PolicyDocument.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}

/** The statements of a policy document that must be there; `undefined` for a text that is no policy. */
export const statementsOf = (document: string): readonly PolicyStatement[] | undefined =>
  policyOf(document) ?? undefined;

/** The policy an answer holds as text under a name. null: AWS says there is none; `undefined`: it could not be read. */
export function policyIn(answer: unknown, name: string): readonly PolicyStatement[] | null | undefined {
  if (answer === null) return null;
  const text = textAt(answer, name);
  return text === undefined ? undefined : policyOf(text);
}
