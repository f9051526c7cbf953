import { z } from "@hono/zod-openapi";
import { listOf, Moment } from "#http/shapes";
import type { AuditRow } from "./list.ts";

const exampleId = "019aa5d2-6b1d-7f60-8a1b-0c9d8e7f6a5b";
const ids = listOf(/^[0-9A-Za-z._:/-]{1,100}$/, "an id", exampleId);

export const AuditQuery = z.object({
  action: listOf(/^[a-z_]+\.[a-z_]+$/, "an action, such as `webhook.create`", "api_key.create").optional(),
  actorId: ids.optional(),
  targetId: ids.optional(),
  since: Moment.optional(),
  until: Moment.optional(),
});

export const AuditEntryBody = z
  .object({
    id: z.uuid(),
    at: z.iso.datetime(),
    action: z.string(),
    actor: z.object({
      type: z.string(),
      id: z.string(),
      name: z.string(),
      ip: z.string().nullable(),
      userAgent: z.string().nullable(),
    }),
    target: z.object({ type: z.string(), id: z.string() }),
    changes: z.array(z.object({ path: z.string(), old: z.unknown(), new: z.unknown() })),
    requestId: z.string().nullable(),
  })
  .openapi("AuditEntry", {
    example: {
      id: exampleId,
      at: "2026-03-13T08:04:32.000Z",
      action: "api_key.create",
      actor: {
        type: "api_key",
        id: "019aa5d2-6b1c-7c43-9a7e-1f2d3c4b5a69",
        name: "first admin key",
        ip: "192.0.2.1",
        userAgent: "curl/8.9",
      },
      target: { type: "api_key", id: exampleId },
      changes: [{ path: "/name", old: null, new: "ci" }],
      requestId: "019aa5d2-6b1c-7c43-9a7e-1f2d3c4b5a69",
    },
  });

export const auditEntryBody = (row: AuditRow): z.input<typeof AuditEntryBody> => ({
  id: row.id,
  at: row.at,
  action: row.action,
  actor: { type: row.actorType, id: row.actorId, name: row.actorName, ip: row.ip, userAgent: row.userAgent },
  target: { type: row.targetType, id: row.targetId },
  changes: row.changes,
  requestId: row.requestId,
});
