import { OpenAPIHono, z, type RouteConfig } from "@hono/zod-openapi";
import type { FaultCode } from "#lib/fault";
import { isOpen, type AnyEndpoint, type Documents, type Endpoint, type OpenEndpoint } from "./endpoint.ts";
import { fullPath } from "./mount.ts";
import { Pagination, PagingQuery } from "./paging.ts";
import { askerFaults, problemExample, problemsOf } from "./openapi-problems.ts";
import { socketFaults, sockets } from "./openapi-sockets.ts";
import { webhookOf, type EventShapes } from "./openapi-webhooks.ts";
import { patches } from "./patch.ts";
import { patchSchema } from "./patch-schema.ts";
import { mayBeLeftOut, membersOf } from "./validate.ts";

const answeredByAll: readonly FaultCode[] = [...askerFaults, "NOT_ACCEPTABLE"];
const bodyFaults: readonly FaultCode[] = ["PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"];

/** All that an endpoint may be refused with: what it declares and what the frame adds. */
export function faultsOf(endpoint: AnyEndpoint): readonly FaultCode[] {
  const { method, reply } = endpoint;
  const body = endpoint.body ? bodyFaults : [];
  if (isOpen(endpoint)) {
    return [
      ...endpoint.faults,
      "INVALID_REQUEST",
      "INTERNAL",
      "UNAVAILABLE",
      ...body,
      ...(endpoint.group ? (["RATE_LIMITED"] as const) : []),
    ];
  }
  return [
    ...answeredByAll,
    ...endpoint.faults,
    ...(method === "get" ? [] : (["PAYLOAD_TOO_LARGE"] as const)),
    ...body,
    ...(method === "post" ? (["IDEMPOTENCY_IN_FLIGHT", "IDEMPOTENCY_KEY_REUSED"] as const) : []),
    ...(reply.kind === "list" ? (["INVALID_CURSOR"] as const) : []),
  ];
}

/** What stands behind each tag; one without a line here is described by its name. */
const tagTexts: Readonly<Record<string, string>> = {
  "Alert rules": "When somebody is to be told, and where.",
  Alerts: "What people were told, who looks after it, and when it was over.",
  Accounts: "AWS accounts that are connected, and how they are entered.",
  "API keys": "Credentials of programs: made, rotated and revoked by admins.",
  "Audit log": "Who changed what, and when.",
  Channels: "Where alerts are told: chats, pagers and e-mail.",
  Certificates: "TLS certificates and when they expire.",
  Checks: "What is looked at, and why.",
  Compliance: "How accounts stand against frameworks and your own rules. Automated evidence, not certification.",
  Dashboard: "How things stand, and how they went.",
  Expirations: "What ends, and when.",
  Findings: "What is wrong, and what people decided about it.",
  Live: "What happens, while it happens. docs/live.md tells the whole protocol, sockets included.",
  Identity: "Who a credential is.",
  Operations: "For those who run and integrate Cloudglass.",
  Organization: "Your organization and its settings.",
  Policies: "What a scan must meet.",
  Recommendations: "What to do first.",
  Resources: "What there is.",
  Scans: "Looking at accounts: started, followed and compared.",
  Schedules: "Scans that start by themselves.",
  Suppressions: "Findings that are nobody's to do anything about, by a condition.",
  Webhooks: "Being told: endpoints of yours, deliveries and attempts.",
};

/** The OpenAPI 3.1 document of the API: endpoints, sockets, and what webhooks are sent. */
export function openApiDocument(endpoints: readonly AnyEndpoint[], events: EventShapes): object {
  const generator = new OpenAPIHono();
  const registry = generator.openAPIRegistry;
  registry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description: "An API key: `cg_live_…`.",
  });
  registry.registerComponent("securitySchemes", "apiKey", { type: "apiKey", in: "header", name: "X-API-Key" });
  registry.registerComponent("securitySchemes", "bootstrap", {
    type: "http",
    scheme: "bearer",
    description: "The secret BOOTSTRAP_TOKEN.",
  });
  const answered = new Set([...endpoints.flatMap(faultsOf), ...socketFaults]);
  for (const code of [...answered].toSorted())
    registry.registerComponent("examples", code, { value: problemExample(code) });
  for (const endpoint of endpoints) registry.registerPath(routeOf(endpoint));
  for (const socket of sockets) registry.registerPath(socket);
  for (const [name, event] of Object.entries(events)) registry.registerWebhook(webhookOf(name, event));
  return generator.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Cloudglass",
      version: "1.0.0",
      description: "Cloud posture: what you have on AWS, what is wrong with it, what to do first and what changed.",
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    servers: [{ url: "/" }],
    security: [{ bearer: [] }, { apiKey: [] }],
    tags: [...new Set(endpoints.map(({ tag }) => tag))]
      .toSorted()
      .map((name) => ({ name, description: tagTexts[name] ?? name })),
  });
}

function routeOf(endpoint: AnyEndpoint): RouteConfig {
  const { method, operationId, tag, summary } = endpoint;
  const open = isOpen(endpoint);
  return {
    method,
    path: fullPath(endpoint),
    operationId,
    tags: [tag],
    summary,
    description: descriptionOf(endpoint),
    ...(open ? { security: endpoint.security ? [{ [endpoint.security]: [] }] : [] } : {}),
    ...(open
      ? {}
      : {
          "x-required-role": endpoint.role,
          ...(endpoint.scope === null ? {} : { "x-required-scope": endpoint.scope }),
        }),
    request: {
      ...(open ? {} : parametersOf(endpoint)),
      ...(endpoint.body ? { body: bodyOf(endpoint.method, endpoint.body) } : {}),
    },
    responses: {
      [endpoint.status ?? (endpoint.reply.kind === "none" ? 204 : 200)]: successOf(endpoint),
      ...(revalidates(endpoint) ? { 304: { description: "`If-None-Match` names the `ETag` of this answer." } } : {}),
      ...problemsOf(faultsOf(endpoint)),
    },
  };
}

/** Whether it is answered with 304 (`respond`). */
const revalidates = (endpoint: AnyEndpoint): endpoint is Endpoint =>
  !isOpen(endpoint) &&
  endpoint.method === "get" &&
  (endpoint.reply.kind === "list" || (endpoint.reply.kind === "one" && endpoint.reply.moving !== true));

function descriptionOf(endpoint: AnyEndpoint): string {
  const own = endpoint.description === undefined ? [] : [endpoint.description];
  if (isOpen(endpoint))
    return [...own, endpoint.security ? "Needs its own secret." : "Needs no credential."].join("\n\n");
  const scope = endpoint.scope === null ? "any scope" : `scope \`${endpoint.scope}\``;
  return [...own, ...movingOf(endpoint), `Needs role \`${endpoint.role}\`, ${scope}.`].join("\n\n");
}

/** Why what has an `ETag` is always answered whole. */
function movingOf({ method, reply }: Endpoint): string[] {
  if (method !== "get" || reply.kind !== "one" || reply.moving !== true) return [];
  const etag = reply.version ? " The `ETag` is its version, for `If-Match`." : "";
  return [`Parts of it move by themselves, so it is never answered with 304.${etag}`];
}

function bodyOf(method: AnyEndpoint["method"], body: z.ZodType) {
  const patch = patches.get(body);
  const schema = patch ? patchSchema(patch) : body;
  const content = { "application/json": { schema } };
  return {
    required: !mayBeLeftOut(method, body),
    content: method === "patch" ? { ...content, "application/merge-patch+json": { schema } } : content,
  };
}

function parametersOf(endpoint: Endpoint): NonNullable<RouteConfig["request"]> {
  const isList = endpoint.reply.kind === "list";
  const query = { ...membersOf(endpoint.query), ...(isList ? pagingOf(endpoint) : {}) };
  const headers = headersOf(endpoint);
  return {
    ...(endpoint.params instanceof z.ZodObject ? { params: endpoint.params } : {}),
    ...(Object.keys(query).length > 0 ? { query: z.object(query) } : {}),
    ...(Object.keys(headers).length > 0 ? { headers: z.object(headers) } : {}),
  };
}

function pagingOf({ sort = [] }: Endpoint): Record<string, z.core.$ZodType> {
  const { sort: sortParameter, ...others } = PagingQuery.shape;
  const [own = ""] = sort;
  if (sort.length === 0) return others;
  const description = `Fields separated by commas; \`-\` in front: descending. Fields: ${sort.join(", ")}.`;
  return { ...others, sort: sortParameter.openapi({ description, example: `-${own}` }) };
}

function headersOf(endpoint: Endpoint): Record<string, z.ZodType> {
  const { method, faults: declared, reply } = endpoint;
  return {
    ...(revalidates(endpoint)
      ? {
          "If-None-Match": z
            .string()
            .optional()
            .openapi({ description: "The `ETag` of the answer you have: 304 when it is still the same." }),
        }
      : {}),
    ...(reply.kind === "stream"
      ? { "Last-Event-ID": z.string().optional().openapi({ description: "What a browser sends when it comes back." }) }
      : {}),
    ...(method === "post"
      ? {
          "Idempotency-Key": z
            .string()
            .max(257)
            .optional()
            .openapi({ description: "Repeats within 24 h get the first answer." }),
        }
      : {}),
    ...(declared.includes("PRECONDITION_FAILED")
      ? { "If-Match": z.string().optional().openapi({ description: 'The version it must still have: `"3"`.' }) }
      : {}),
  };
}

function successOf(endpoint: Endpoint | OpenEndpoint): RouteConfig["responses"][string] {
  const { reply } = endpoint;
  const description = endpoint.summary;
  if (reply.kind === "none") return { description };
  if (reply.kind === "text" || reply.kind === "stream")
    return { description, content: { [reply.mediaType]: { schema: reply.schema } } };
  if (reply.kind === "one")
    return { description, content: contentOf(z.object({ data: reply.schema }), reply.documents) };
  const schema = z.object({ data: z.array(reply.schema), pagination: Pagination });
  return { description, content: { "application/json": { schema }, "text/csv": { schema: z.string() } } };
}

/** Where a document is JSON, too, an answer is one of the two. */
function contentOf(data: z.ZodType, documents?: Documents<never>): Record<string, { schema: z.ZodType }> {
  const schemas = Object.entries(documents?.schemas ?? {}).map(([mediaType, schema]) => [
    mediaType,
    { schema: mediaType === "application/json" ? z.union([data, schema]) : schema },
  ]);
  return { "application/json": { schema: data }, ...Object.fromEntries(schemas) };
}
