import type { Credential } from "#db/api-keys";
import type { CursorList } from "#db/cursor";
import { canonicalJson } from "#lib/hash";
import { masterKeys } from "#lib/secrets";
import { invalidRequest, parseWith } from "#lib/validate";
import { negotiate } from "./accept.ts";
import { parseJson, readText } from "./body.ts";
import type { Ctx } from "./context.ts";
import type { Endpoint, Request as Validated } from "./endpoint.ts";
import { ifMatchOf } from "./etag.ts";
import { defaultPage, pageRequest, pagingNames, PagingQuery } from "./paging.ts";
import { mayBeLeftOut, membersOf, readQuery } from "./validate.ts";

/** A request as its declaration wants it. */
export interface Input extends Omit<Validated<unknown, unknown, unknown>, "org"> {
  readonly url: URL;
  readonly rawBody: string;
  readonly format: "json" | "csv";
  /** What cursors of this list are bound to. */
  readonly list: CursorList;
}

/** Validates all of a request: first its form, then path, query and body. */
export async function readInput(c: Ctx, endpoint: Endpoint, credential: Credential): Promise<Input> {
  const isList = endpoint.reply.kind === "list";
  const url = new URL(c.req.url);
  const { headers } = c.req.raw;
  const rawBody = endpoint.method === "get" ? "" : await readText(c.req.raw);
  const params = endpoint.params ? parseWith(endpoint.params, "path", pathOf(c)) : undefined;
  const filterNames = Object.keys(membersOf(endpoint.query));
  const values = readQuery(url, isList ? [...filterNames, ...pagingNames] : filterNames);
  const query = endpoint.query ? parseWith(endpoint.query, "query", pick(values, filterNames)) : undefined;
  const body = endpoint.body ? parseWith(endpoint.body, "body", bodyOf(c, endpoint, rawBody)) : undefined;
  const list = listOf(credential, endpoint, pathOf(c), pick(values, filterNames), values["sort"] ?? "");
  const asked = isList ? parseWith(PagingQuery, "query", pick(values, pagingNames)) : {};
  const page = isList
    ? await pageRequest(masterKeys(c.env.MASTER_KEYS), list, asked, endpoint.sort ?? [])
    : defaultPage;
  const format = asked.format ?? negotiate(headers.get("accept"), isList, documentTypes(endpoint));
  return {
    params,
    query,
    body,
    page,
    ifMatch: ifMatchOf(headers),
    waitSeconds: waitSecondsOf(headers),
    origin: url.origin,
    url,
    rawBody,
    format,
    list,
  };
}

/** `text/plain; charset=utf-8` is asked for as `text/plain`. */
const documentTypes = ({ reply }: Endpoint): readonly string[] =>
  reply.kind === "one" ? Object.keys(reply.documents?.schemas ?? {}).map((type) => type.replace(/;.*$/, "")) : [];

const waitSecondsMax = 20;

/** A preference, not a demand: what cannot be read is as if it were not there. */
function waitSecondsOf(headers: Headers): number {
  const [, seconds] = /(?:^|[,;\s])wait=(\d{1,4})(?:$|[,;\s])/i.exec(headers.get("prefer") ?? "") ?? [];
  return Math.min(Number(seconds ?? 0), waitSecondsMax);
}

const bodyOf = (c: Ctx, { method, body }: Endpoint, rawBody: string): unknown =>
  rawBody === "" && body && mayBeLeftOut(method, body) ? {} : parseJson(c.req.raw, rawBody);

function pathOf(c: Ctx): Record<string, string> {
  const params = c.req.param() as Record<string, string>;
  for (const [name, value] of Object.entries(params)) {
    if (value.includes("\0")) throw invalidRequest([{ in: "path", pointer: name, message: "holds a NUL character" }]);
  }
  return params;
}

const pick = (values: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));

function listOf(
  { orgId }: Credential,
  { method, path }: Endpoint,
  params: Readonly<Record<string, string>>,
  filters: Readonly<Record<string, string>>,
  sort: string,
): CursorList {
  return { orgId, route: `${method} ${path} ${canonicalJson(params)}`, filters: canonicalJson(filters), sort };
}
