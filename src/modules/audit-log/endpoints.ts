import { endpoint, list } from "#http/endpoint";
import { listAuditLog } from "./list.ts";
import { AuditEntryBody, auditEntryBody, AuditQuery } from "./shapes.ts";

export const endpoints = [
  endpoint(
    {
      method: "get",
      path: "/audit-log",
      operationId: "listAuditLog",
      tag: "Audit log",
      summary: "Lists who changed what, the newest first",
      scope: "audit:read",
      role: "admin",
      query: AuditQuery,
      reply: list(AuditEntryBody, auditEntryBody),
      faults: [],
    },
    ({ org, query, page }) => listAuditLog(org, query, page),
  ),
];
