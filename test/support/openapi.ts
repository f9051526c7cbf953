import { withDocuments } from "#http/app";
import { openApiDocument } from "#http/openapi";
import { endpointLists } from "../../src/modules/registry.ts";
import { eventShapes } from "../../src/modules/webhooks/event-shapes.ts";
import { complaints, type Schema } from "./schema.ts";

export interface Operation {
  readonly operationId: string;
  readonly description?: string;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly "x-required-role"?: string;
  readonly "x-required-scope"?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly required?: boolean };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> }>
  >;
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly webhooks: Readonly<
    Record<
      string,
      {
        readonly post: {
          readonly requestBody: { readonly content: { readonly "application/json": { schema: Schema } } };
        };
      }
    >
  >;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export const endpoints = withDocuments(endpointLists.flat());
// safe: as the generator writes it; JSON drops what is undefined.
export const document = JSON.parse(JSON.stringify(openApiDocument(endpoints, eventShapes))) as Document;

export interface Found {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

const described: readonly Found[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
);

/** Those that are answered, and not opened as a socket. */
export const operations: readonly Found[] = described.filter(({ operation }) => !("101" in operation.responses));

const patternOf = (path: string): RegExp => new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}/?$`);
const isFixed = ({ path }: Found): number => (path.includes("{") ? 1 : 0);

/** The operation a request is one of; fixed paths before those with parameters. */
export function operationOf(method: string, pathname: string): Found | undefined {
  const wanted = method === "HEAD" ? "GET" : method;
  return described
    .filter((candidate) => candidate.method === wanted && patternOf(candidate.path).test(pathname))
    .toSorted((a, b) => isFixed(a) - isFixed(b))[0];
}

/** Throws when an answer is not one that the document promises: status, media type and every member. */
export function check(
  method: string,
  pathname: string,
  answer: { status: number; headers: Headers; body: unknown; text: string },
): void {
  const found = operationOf(method, pathname);
  if (!found) return;
  const where = `${method} ${found.path} → ${answer.status}`;
  const response = found.operation.responses[String(answer.status)];
  if (!response) throw new Error(`${where}: the status is not documented`);
  if (method === "HEAD" || answer.text === "") return;
  const mediaType = answer.headers.get("content-type")?.split(";")[0] ?? "";
  const content = Object.entries(response.content ?? {}).find(([type]) => type.split(";")[0] === mediaType)?.[1];
  if (!content) throw new Error(`${where}: ${mediaType} is not documented`);
  if (!mediaType.endsWith("json") || !content.schema) return;
  const wrong = complaints(answer.body, content.schema, (ref) => schemaNamed(ref));
  if (wrong.length > 0)
    throw new Error(`${where} is not as documented:\n${wrong.slice(0, 10).join("\n")}\n${answer.text.slice(0, 500)}`);
}

/** What is wrong with `data` of an event as it is told; empty: nothing. */
export function eventComplaints(event: string, data: unknown): string[] {
  const schema = document.webhooks[event]?.post.requestBody.content["application/json"].schema.properties?.["data"];
  return schema ? complaints(data, schema, schemaNamed) : [`${event} is not documented`];
}

function schemaNamed(ref: string): Schema {
  const schema = document.components.schemas[ref.replace("#/components/schemas/", "")];
  if (!schema) throw new Error(`${ref} is nowhere`);
  return schema;
}
