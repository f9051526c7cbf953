/** The part of JSON Schema 2020-12 that our OpenAPI document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly pattern?: string;
  readonly format?: string;
}

export type Resolve = (ref: string) => Schema;

type Members = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Members =>
  value !== null && typeof value === "object" && !Array.isArray(value);

function typeMatches(value: unknown, type: string): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isObject(value);
  return type === "integer" ? Number.isInteger(value) : typeof value === type;
}

/** What is wrong with a value; empty: nothing. A member that the schema does not name is wrong unless it allows others. */
export function complaints(value: unknown, schema: Schema, resolve: Resolve, at = ""): string[] {
  if (schema.$ref !== undefined) return complaints(value, resolve(schema.$ref), resolve, at);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) {
    const each = alternatives.map((alternative) => complaints(value, alternative, resolve, at));
    return each.some((list) => list.length === 0) ? [] : (each.toSorted((a, b) => a.length - b.length)[0] ?? []);
  }
  if (schema.allOf) return complaints(value, merged(schema, resolve), resolve, at);
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length > 0 && !types.some((type) => typeMatches(value, type))) return [`${at}: not ${types.join(" or ")}`];
  if (schema.enum && !schema.enum.includes(value)) return [`${at}: not one of ${schema.enum.join(", ")}`];
  if (schema.const !== undefined && schema.const !== value) return [`${at}: not ${JSON.stringify(schema.const)}`];
  if (typeof value === "string") return textComplaints(value, schema, at);
  if (Array.isArray(value))
    return value.flatMap((item, index) => complaints(item, schema.items ?? {}, resolve, `${at}/${index}`));
  return isObject(value) ? memberComplaints(value, schema, resolve, at) : [];
}

/** Extensions of an object stand in `allOf`: one object with the members of all. */
function merged(schema: Schema, resolve: Resolve): Schema {
  const parts = (schema.allOf ?? []).map((part) => (part.$ref === undefined ? part : resolve(part.$ref)));
  const flat = parts.map((part) => (part.allOf ? merged(part, resolve) : part));
  const first = flat.find((part) => part.type !== undefined);
  return {
    ...(first?.type === undefined ? {} : { type: schema.type ?? first.type }),
    properties: Object.assign({}, ...flat.map((part) => part.properties ?? {}), schema.properties ?? {}) as Readonly<
      Record<string, Schema>
    >,
    required: [...flat.flatMap((part) => part.required ?? []), ...(schema.required ?? [])],
  };
}

function textComplaints(value: string, { pattern, format }: Schema, at: string): string[] {
  if (pattern !== undefined && !new RegExp(pattern, "u").test(value)) return [`${at}: does not match ${pattern}`];
  if (format === "date-time" && Number.isNaN(Date.parse(value))) return [`${at}: not a time`];
  return [];
}

function memberComplaints(value: Members, schema: Schema, resolve: Resolve, at: string): string[] {
  const { properties = {}, required = [], additionalProperties } = schema;
  const missing = required.filter((name) => !Object.hasOwn(value, name)).map((name) => `${at}/${name}: missing`);
  const open = additionalProperties ?? schema.properties === undefined;
  const inner = Object.entries(value).flatMap(([name, member]) => {
    const declared = properties[name] ?? (typeof open === "object" ? open : undefined);
    if (declared) return complaints(member, declared, resolve, `${at}/${name}`);
    return open ? [] : [`${at}/${name}: not documented`];
  });
  return [...missing, ...inner];
}
