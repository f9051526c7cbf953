import { exports } from "cloudflare:workers";

import { check } from "./openapi.ts";

export const origin = "https://cloudglass.test";

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  /** What JSON says; null when the answer is something else. */
  readonly body: Body;
  readonly text: string;
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Another caller each time, so that no test uses up the limit of another's address. */
export const anyAddress = (): string => `10.${[...crypto.getRandomValues(new Uint8Array(3))].join(".")}`;

/** One request through the entry point. Paths are below `/api/v1` unless they begin with the origin. */
export async function send<Body = unknown>(
  method: string,
  path: string,
  { body, headers = {} }: RequestOptions = {},
): Promise<Answer<Body>> {
  const url = path.startsWith(origin) ? path : `${origin}/api/v1${path}`;
  const request = new Request(url, {
    method,
    headers: {
      "CF-Connecting-IP": anyAddress(),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    redirect: "manual",
  });
  const response = await exports.default.fetch(request);
  const isEndless = response.headers.get("content-type") === "text/event-stream";
  const text = isEndless ? await beginningOf(response) : await response.text();
  const isJson = /\bjson\b/.test(response.headers.get("content-type") ?? "") && text !== "";
  // safe: the test says what it expects; `check` has held the answer against the OpenAPI document.
  const parsed = (isJson ? JSON.parse(text) : null) as Body;
  const answer = { status: response.status, headers: response.headers, body: parsed, text };
  check(method, new URL(url).pathname, answer);
  return answer;
}

/** What a stream says first; nobody listens further. */
async function beginningOf({ body }: Response): Promise<string> {
  const reader = body?.getReader();
  // safe: the body of an answer is made of bytes.
  const read = (await reader?.read()) as { readonly value?: Uint8Array } | undefined;
  await reader?.cancel();
  return new TextDecoder().decode(read?.value);
}

export interface Api {
  get<Body = unknown>(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer<Body>>;
  post<Body = unknown>(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer<Body>>;
  put<Body = unknown>(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer<Body>>;
  patch<Body = unknown>(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer<Body>>;
  delete<Body = unknown>(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer<Body>>;
}

/** Requests with a key: `api(org.keys.admin).get("/whoami")`. */
export function api(key: string): Api {
  const options = (headers: Readonly<Record<string, string>> = {}, body?: unknown): RequestOptions => ({
    headers: { Authorization: `Bearer ${key}`, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  return {
    get: (path, headers) => send("GET", path, options(headers)),
    post: (path, body, headers) => send("POST", path, options(headers, body)),
    put: (path, body, headers) => send("PUT", path, options(headers, body)),
    patch: (path, body, headers) => send("PATCH", path, options(headers, body)),
    delete: (path, headers) => send("DELETE", path, options(headers)),
  };
}
