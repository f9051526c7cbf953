import type { Account } from "./accounts.ts";
import { serviceOf, type Endpoint } from "./services.ts";
import type { ReadRequest } from "./signature.ts";
import type { Route } from "./things/thing.ts";

/** Who signed. */
export interface Caller {
  readonly arn: string;
  readonly userId: string;
  readonly awsAccountId: string;
}

/** A request understood: what is asked, of whom, with which parameters. */
export interface Call extends Endpoint {
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly account: Account;
  readonly caller: Caller;
  /** A fault: lists give the token of the page itself as the next one. */
  readonly repeatToken: boolean;
}

export type Operation = (call: Call) => Response | Promise<Response>;

/** A parameter as text; `undefined` when it is absent. */
export function text({ input }: Pick<Call, "input">, name: string): string | undefined {
  const value = input[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

const settings = [
  "publicAccessBlock",
  "policy",
  "policyStatus",
  "acl",
  "versioning",
  "logging",
  "encryption",
  "lifecycle",
  "tagging",
  "location",
] as const;
const bucketActions: Readonly<Record<(typeof settings)[number], string>> = {
  publicAccessBlock: "GetPublicAccessBlock",
  policy: "GetBucketPolicy",
  policyStatus: "GetBucketPolicyStatus",
  acl: "GetBucketAcl",
  versioning: "GetBucketVersioning",
  logging: "GetBucketLogging",
  encryption: "GetBucketEncryption",
  lifecycle: "GetBucketLifecycleConfiguration",
  tagging: "GetBucketTagging",
  location: "GetBucketLocation",
};

function s3Call({ method, url }: ReadRequest): Pick<Call, "action" | "input"> {
  const query = Object.fromEntries(url.searchParams);
  if (method !== "GET") return { action: `${method} ${url.pathname}`, input: query };
  if (url.pathname === "/") return { action: "ListBuckets", input: query };
  const setting = settings.find((one) => url.searchParams.has(one));
  const action = setting === undefined ? `GET ${url.search}` : bucketActions[setting];
  return { action, input: { ...query, Bucket: decodeURIComponent(url.pathname.slice(1)) } };
}

function jsonCall({ headers, body }: ReadRequest): Pick<Call, "action" | "input"> {
  const action = (headers.get("x-amz-target") ?? "").replace(/^.*\./, "");
  const input: unknown = body === "" ? {} : JSON.parse(body);
  return { action, input: typeof input === "object" && input !== null ? { ...input } : {} };
}

/** Which REST operation a method and path mean, with what the path names. */
function routed({ method, url, body }: ReadRequest, routes: readonly Route[]): Pick<Call, "action" | "input"> {
  const query = Object.fromEntries(url.searchParams);
  const input: unknown = body === "" ? {} : JSON.parse(body);
  for (const [itsMethod, path, action] of routes) {
    const [pattern = "", word] = path.split("?");
    if (method !== itsMethod || (word !== undefined && !url.searchParams.has(word))) continue;
    const names = [...pattern.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    const found = new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, "([^/]+)")}$`).exec(url.pathname);
    if (!found) continue;
    const named = Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(found[at + 1] ?? "")]));
    return { action, input: { ...query, ...(typeof input === "object" ? input : {}), ...named } };
  }
  return { action: `${method} ${url.pathname}`, input: query };
}

/** Which operation a request asks for. Throws a `SyntaxError` for a body that is no JSON. */
export function understood(
  request: ReadRequest,
  { service }: Endpoint,
  routes: readonly Route[],
): Pick<Call, "action" | "input"> {
  const { protocol } = serviceOf(service);
  if (protocol === "json") return jsonCall(request);
  if (service === "s3") return s3Call(request);
  if (service === "s3control") {
    const known = request.method === "GET" && request.url.pathname === "/v20180820/configuration/publicAccessBlock";
    return { action: known ? "GetPublicAccessBlock" : request.url.pathname, input: {} };
  }
  if (protocol === "rest-json" || protocol === "rest-xml") return routed(request, routes);
  const form = Object.fromEntries([...request.url.searchParams, ...new URLSearchParams(request.body)]);
  return { action: form["Action"] ?? "", input: form };
}
