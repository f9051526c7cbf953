import type { z } from "@hono/zod-openapi";
import type { Env } from "#env";
import type { Role, Scope } from "#db/access";
import type { OrgContext } from "#db/context";
import type { Page, PageRequest } from "#db/page";
import type { FaultCode } from "#lib/fault";
import type { Ctx } from "./context.ts";

/** Groups with limits of their own beside the credential's and the organization's (product.md, rate limits). */
export type RateLimitGroup = "scan-create" | "key-create" | "webhook-test";

/** An answer that is a document of its own instead of `{data}`: something to be saved as a file. */
export interface Document {
  readonly mediaType: string;
  readonly fileName: string;
  readonly text: string;
}

export interface Documents<Value> {
  /** Media type → what such a document is. */
  readonly schemas: Readonly<Record<string, z.ZodType>>;
  /** Null: this one is answered as `{data}`. */
  readonly of: (value: Value) => Document | null;
}

/** How a value becomes an answer. */
export type Reply<Value> =
  | {
      readonly kind: "one";
      readonly schema: z.ZodType;
      readonly body: (value: Value, now: Date) => object;
      readonly version?: (value: Value) => number;
      readonly documents?: Documents<Value>;
      /** Parts of the body move without a new version (when it was last seen): it is never 304. */
      readonly moving?: boolean;
    }
  | { readonly kind: "list"; readonly schema: z.ZodType; readonly body: (value: never, now: Date) => object }
  | { readonly kind: "stream"; readonly mediaType: string; readonly schema: z.ZodType }
  | { readonly kind: "none" };

/** `{data: …}`. With `version` the answer carries `ETag: "<version>"` and If-None-Match is honoured. */
export function one<Value>(
  schema: z.ZodType,
  body: (value: Value, now: Date) => object,
  version?: (value: Value) => number,
  { moving = false, documents }: { readonly moving?: boolean; readonly documents?: Documents<Value> } = {},
): Reply<Value> {
  return { kind: "one", schema, body, moving, ...(version ? { version } : {}), ...(documents ? { documents } : {}) };
}

/** `{data: […], pagination: …}`, or the same rows as `text/csv`. */
export function list<Row>(schema: z.ZodType, body: (row: Row, now: Date) => object): Reply<Page<Row>> {
  return { kind: "list", schema, body };
}

/** What goes on and on: the endpoint's `answer` writes it. */
export const stream = (mediaType: string, schema: z.ZodType): Reply<never> => ({ kind: "stream", mediaType, schema });

/** 204. */
export const none: Reply<void> = { kind: "none" };

/** What a handler is given: all of it validated. */
export interface Request<Params, Query, Body> {
  readonly org: OrgContext;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Lists only; other endpoints get the defaults. */
  readonly page: PageRequest;
  /** The version named by If-Match; null when there is none, or `*`. */
  readonly ifMatch: number | null;
  /** Seconds for which the caller would wait for what runs in the background (RFC 7240, `Prefer: wait=20`); 0 to 20. */
  readonly waitSeconds: number;
  /** `https://host` of this deployment. */
  readonly origin: string;
}

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

export interface Declaration<
  Params extends z.ZodType | undefined,
  Query extends z.ZodType | undefined,
  Body extends z.ZodType | undefined,
  Value,
> {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** Below `/api/v1`: `/findings/{id}`. */
  readonly path: `/${string}`;
  /** verbNoun. */
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Null: any credential will do. */
  readonly scope: Scope | null;
  readonly role: Role;
  readonly group?: RateLimitGroup;
  readonly params?: Params;
  /** Without the paging parameters, which every list takes. */
  readonly query?: Query;
  readonly body?: Body;
  /** 200 unless said: 201 created, 202 runs in the background, 204 for `none`. */
  readonly status?: 200 | 201 | 202 | 204;
  readonly reply: Reply<Value>;
  /** Answers the request itself, from the credentials on; `handle` is never called. */
  readonly answer?: (c: Ctx) => Promise<Response>;
  /** Path of what was made or started, for the `Location` header. */
  readonly location?: (value: Value) => string;
  /** Fields a list may be sorted by; the first is its own order. */
  readonly sort?: readonly string[];
  /** Beyond those every endpoint can answer. */
  readonly faults: readonly FaultCode[];
}

/** An endpoint whose types are forgotten, as the app mounts it. */
export interface Endpoint extends Declaration<
  z.ZodType | undefined,
  z.ZodType | undefined,
  z.ZodType | undefined,
  unknown
> {
  readonly handle: (request: Request<unknown, unknown, unknown>) => Promise<unknown>;
}

/**
 * One operation of the API: everything about it in one place, and at most five lines that call a verb. OpenAPI,
 * authorisation, limits, validation, idempotency, ETag, paging, CSV and errors follow from the declaration.
 */
export function endpoint<
  Value,
  Params extends z.ZodType | undefined = undefined,
  Query extends z.ZodType | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(
  declaration: Declaration<Params, Query, Body, Value>,
  handle: (request: Request<Parsed<Params>, Parsed<Query>, Parsed<Body>>) => Promise<Value>,
): Endpoint {
  // safe: the app hands `handle` only what the declaration's own schemas parsed.
  return { ...declaration, handle } as unknown as Endpoint;
}

/** What a handler without credentials is given. */
export interface OpenRequest<Body> {
  readonly env: Env;
  readonly now: Date;
  readonly requestId: string;
  /** `https://host` of this deployment. */
  readonly origin: string;
  readonly ip: string | null;
  /** The text behind `Authorization: Bearer`; null when there is none. */
  readonly bearer: string | null;
  readonly userAgent: string | null;
  readonly body: Body;
  waitUntil(promise: Promise<unknown>): void;
}

export interface OpenDeclaration<Body extends z.ZodType | undefined, Value> {
  readonly method: "get" | "post";
  /** The whole path: `/health`. */
  readonly path: `/${string}`;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Limits per address. */
  readonly group?: "auth" | "login";
  /** A credential of its own kind, as OpenAPI names it. */
  readonly security?: "bootstrap";
  readonly body?: Body;
  readonly status?: 200 | 201;
  /** Anybody may keep the answer for so long; nobody may when left out. */
  readonly maxAgeSeconds?: number;
  readonly reply: Reply<Value> | { readonly kind: "text"; readonly mediaType: string; readonly schema: z.ZodType };
  readonly faults: readonly FaultCode[];
}

/** An operation that needs no API key, as the app mounts it. */
export interface OpenEndpoint extends OpenDeclaration<z.ZodType | undefined, unknown> {
  readonly access: "open";
  readonly handle: (request: OpenRequest<unknown>) => Promise<unknown>;
}

export type AnyEndpoint = Endpoint | OpenEndpoint;

export const isOpen = (endpoint: AnyEndpoint): endpoint is OpenEndpoint => "access" in endpoint;

/** The answer of `text` replies. */
export const text = (mediaType: string, schema: z.ZodType): { kind: "text"; mediaType: string; schema: z.ZodType } => ({
  kind: "text",
  mediaType,
  schema,
});

/** An operation for everybody: health, metrics, bootstrap. */
export function openEndpoint<Value, Body extends z.ZodType | undefined = undefined>(
  declaration: OpenDeclaration<Body, Value>,
  handle: (request: OpenRequest<Parsed<Body>>) => Promise<Value>,
): OpenEndpoint {
  // safe: the app hands `handle` only what the declaration's own schema parsed.
  return { ...declaration, access: "open", handle } as unknown as OpenEndpoint;
}
