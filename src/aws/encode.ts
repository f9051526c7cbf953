import type { Input, Operation } from "./caller.ts";
import { serviceOf } from "./services.ts";

/** A request before it is signed. The body is text, so that it can be hashed and sent again. */
export interface WireRequest {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

type Pair = readonly [name: string, value: string];

const scalar = (value: unknown): string => (value instanceof Date ? value.toISOString() : String(value));

/**
 * Nested values as flat form fields. EC2 numbers list elements right after the name (`Filter.1.Value.2`), the query protocol
 * says `member` between (`Names.member.1`). Names are AWS's wire names and may hold dots (`Filters.Filter.1.Name`).
 */
function flatten(name: string, value: unknown, between: string): readonly Pair[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((one, at) => flatten(`${name}.${between}${at + 1}`, one, between));
  if (typeof value !== "object" || value instanceof Date) return [[name, scalar(value)]];
  return Object.entries(value).flatMap(([key, one]) => flatten(`${name}.${key}`, one, between));
}

function form(operation: Operation, input: Input, host: string): WireRequest {
  const { protocol, version = "" } = serviceOf(operation.service);
  const between = protocol === "ec2" ? "" : "member.";
  const pairs = Object.entries(input).flatMap(([name, value]) => flatten(name, value, between));
  const body = new URLSearchParams([
    ["Action", operation.action],
    ["Version", version],
    ...pairs.map(([n, v]) => [n, v]),
  ]);
  return {
    method: "POST",
    url: new URL(`https://${host}/`),
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
    body: body.toString(),
  };
}

function json(operation: Operation, input: Input, host: string): WireRequest {
  const service = serviceOf(operation.service);
  return {
    method: "POST",
    url: new URL(`https://${host}/`),
    headers: {
      "content-type": `application/x-amz-json-${service.protocol === "json-1.0" ? "1.0" : "1.1"}`,
      "x-amz-target": `${service.target ?? ""}.${operation.action}`,
    },
    body: JSON.stringify(input),
  };
}

/** S3 writes its query parameters in kebab-case: `MaxBuckets` → `max-buckets`. Other services keep the name. */
const queryName = (operation: Operation, name: string): string =>
  operation.service === "s3" ? name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase() : name;

/** Fills `{Name}` parts. Throws a `RangeError` for a value that is absent or would change the path (`..`). */
function fillPath(path: string, input: Input): { readonly path: string; readonly used: ReadonlySet<string> } {
  const used = new Set<string>();
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = input[name];
    if (typeof value !== "string" || /^\.{0,2}$/.test(value)) throw new RangeError(`${name} cannot stand in a path`);
    used.add(name);
    return encodeURIComponent(value);
  });
  return { path: filled, used };
}

function rest(operation: Operation, input: Input, host: string, awsAccountId: string): WireRequest {
  const { path, used } = fillPath(operation.path ?? "/", input);
  const isControl = operation.service === "s3control";
  const left = Object.entries(input).filter(([name]) => !used.has(name) && !(isControl && name === "AccountId"));
  const method = operation.method ?? "GET";
  const url = new URL(`https://${host}${path}`);
  const headers = {
    ...(isControl ? { "x-amz-account-id": awsAccountId } : {}),
    // API Gateway answers HAL to whoever does not ask for plain JSON.
    ...(serviceOf(operation.service).protocol === "rest-json" ? { accept: "application/json" } : {}),
  };
  if (method === "POST") {
    const body = JSON.stringify(Object.fromEntries(left));
    return { method, url, headers: { ...headers, "content-type": "application/json" }, body };
  }
  for (const [name, value] of left) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (one !== undefined && one !== null) url.searchParams.append(queryName(operation, name), scalar(one));
    }
  }
  return { method, url, headers };
}

/**
 * The HTTP request for one call, not yet signed. In REST protocols what the path does not take goes into the query (GET) or
 * the JSON body (POST); S3 Control takes the account from where the call is bound, never from the input.
 */
export function encode(operation: Operation, input: Input, host: string, awsAccountId: string): WireRequest {
  const { protocol } = serviceOf(operation.service);
  if (protocol === "ec2" || protocol === "query") return form(operation, input, host);
  if (protocol.startsWith("json-")) return json(operation, input, host);
  return rest(operation, input, host, awsAccountId);
}
