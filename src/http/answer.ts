import type { Page } from "#db/page";
import { jsonAsset } from "#lib/asset";
import { masterKeys } from "#lib/secrets";
import { apiBase, type Ctx } from "./context.ts";
import { csvOf } from "./csv.ts";
import type { Document, Endpoint, Reply } from "./endpoint.ts";
import { isNotModified, strongEtag, weakEtag } from "./etag.ts";
import type { Input } from "./input.ts";
import { linkHeader, paginationOf } from "./paging.ts";

/** An answer before it becomes a Response: what an Idempotency-Key keeps. */
export interface Rendered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string | null;
}

/** Path of a list → its columns, written from the bodies when the Worker is built: the bundle goes without them. */
const columnsByPath = jsonAsset<Readonly<Record<string, readonly string[]>>>("columns.json");

type ListReply = Extract<Reply<unknown>, { kind: "list" }>;

/** What the endpoint's `reply` makes of a value. */
export async function render(c: Ctx, endpoint: Endpoint, input: Input, value: unknown): Promise<Rendered> {
  const { reply } = endpoint;
  const location = endpoint.location ? { Location: apiBase + endpoint.location(value) } : {};
  if (reply.kind === "none" || reply.kind === "stream")
    return { status: endpoint.status ?? 204, headers: location, text: null };
  // safe: an endpoint that replies with a list answers a page.
  if (reply.kind === "list") return renderList(c, endpoint, reply, input, value as Page<never>);
  const document = reply.documents?.of(value) ?? null;
  if (document) return renderDocument(document, endpoint.status ?? 200);
  const text = JSON.stringify({ data: reply.body(value, c.var.now) });
  const etag = reply.version
    ? strongEtag(reply.version(value))
    : endpoint.method === "get"
      ? await weakEtag(text)
      : null;
  const headers = { "Content-Type": "application/json", ...location, ...(etag === null ? {} : { ETag: etag }) };
  return { status: endpoint.status ?? 200, headers, text };
}

async function renderDocument({ mediaType, fileName, text }: Document, status: number): Promise<Rendered> {
  const disposition = `attachment; filename="${fileName}"`;
  return {
    status,
    headers: { "Content-Type": mediaType, "Content-Disposition": disposition, ETag: await weakEtag(text) },
    text,
  };
}

async function renderList(
  c: Ctx,
  endpoint: Endpoint,
  reply: ListReply,
  input: Input,
  page: Page<never>,
): Promise<Rendered> {
  const rows = page.rows.map((row) => reply.body(row, c.var.now));
  const pagination = await paginationOf(masterKeys(c.env.MASTER_KEYS), input.list, input.page, page);
  const csv = input.format === "csv";
  const text = csv
    ? csvOf((await columnsByPath(c.env.ASSETS))[endpoint.path] ?? [], rows)
    : JSON.stringify({ data: rows, pagination });
  const name = endpoint.path.split("/").findLast((part) => part !== "" && !part.startsWith("{")) ?? "rows";
  return {
    status: endpoint.status ?? 200,
    headers: {
      "Content-Type": csv ? "text/csv; charset=utf-8; header=present" : "application/json",
      ...(csv ? { "Content-Disposition": `attachment; filename="${name}.csv"` } : {}),
      Link: linkHeader(input.url, pagination),
      ETag: await weakEtag(text),
    },
    text,
  };
}

/** The answer to an authorised request: only for this caller, and 304 when it has it already. */
export function respond(c: Ctx, endpoint: Endpoint, { status, headers, text }: Rendered): Response {
  const isGet = endpoint.method === "get";
  const frame = {
    "Cache-Control": isGet ? "private, no-cache" : "no-store",
    Vary: "Authorization, X-API-Key, Accept",
  };
  const etag = headers["ETag"];
  const moves = endpoint.reply.kind === "one" && endpoint.reply.moving === true;
  if (isGet && !moves && status === 200 && etag !== undefined && isNotModified(c.req.raw.headers, etag)) {
    return new Response(null, { status: 304, headers: { ...frame, ETag: etag } });
  }
  return new Response(text, { status, headers: { ...frame, ...headers } });
}
