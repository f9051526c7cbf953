export { listAuditLog, type AuditFilters, type AuditRow } from "./list.ts";
