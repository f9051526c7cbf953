import { z, type RouteConfig } from "@hono/zod-openapi";
import type { FaultCode } from "#lib/fault";
import { apiBase } from "./context.ts";
import { listening } from "./listener.ts";
import { askerFaults, problemsOf } from "./openapi-problems.ts";

/** What `openSocket` refuses with. */
export const socketFaults: readonly FaultCode[] = [...askerFaults, "RESOURCE_NOT_FOUND", "UPGRADE_REQUIRED"];

const query = z.object({
  ticket: z.string().optional().openapi({ description: "Of `POST /ws/tickets`, instead of a key in a header." }),
  token: z.string().optional().openapi({ description: "The same as `ticket`. Never a key." }),
  lastEventId: z
    .string()
    .optional()
    .openapi({ description: "The `eventId` of the last frame you have: what was missed comes first.", example: "812" }),
  org: z.uuid().optional().openapi({
    description: "Your organization's id, where the key is sent as the first message and no scan is named.",
  }),
});

const socket = (path: string, operationId: string, summary: string, params?: z.ZodObject): RouteConfig => ({
  method: "get",
  path: apiBase + path,
  operationId,
  tags: ["Live"],
  summary,
  description:
    "A WebSocket (`Upgrade: websocket`). Frames are JSON, at most 4 KiB each but the last of a scan: `ready`, `sync`, `progress`, `finding`, `complete`, " +
    "`error`, … docs/live.md tells all of them, what may be sent, how to come back and why sockets are closed.\n\n" +
    "The key comes in a header, as a ticket, as the subprotocol `cloudglass.bearer.<base64url of the key>` beside `cloudglass.v1`, or as the " +
    'first message (`{"type": "auth", "token": "<key>"}`).\n\n' +
    `Needs role \`${listening.role}\`, scope \`${listening.scope}\`.`,
  security: [{ bearer: [] }, { apiKey: [] }, {}],
  "x-required-role": listening.role,
  "x-required-scope": listening.scope,
  request: { query, ...(params ? { params } : {}) },
  responses: { 101: { description: "The socket is open." }, ...problemsOf(socketFaults) },
});

/** What OpenAPI lists of the sockets, which are mounted by themselves (`socketRoutes`). */
export const sockets: readonly RouteConfig[] = [
  socket("/ws", "openSocket", "Follow all scans, and findings, by a WebSocket"),
  socket("/scans/{id}/ws", "openScanSocket", "Follow one scan by a WebSocket", z.object({ id: z.uuid() })),
];
