/** viewer < analyst < editor < admin. */
export const roles = ["viewer", "analyst", "editor", "admin"] as const;
export type Role = (typeof roles)[number];

export const roleAtLeast = (role: Role, needed: Role): boolean => roles.indexOf(role) >= roles.indexOf(needed);
export const lesserRole = (a: Role, b: Role): Role => (roles.indexOf(a) <= roles.indexOf(b) ? a : b);

/** What an API key may touch. `*` is everything its role allows. */
export const scopes = [
  "findings:read",
  "findings:write",
  "resources:read",
  "recommendations:read",
  "recommendations:write",
  "compliance:read",
  "compliance:write",
  "policies:read",
  "policies:write",
  "costs:read",
  "accounts:read",
  "accounts:write",
  "scans:read",
  "scans:write",
  "schedules:read",
  "schedules:write",
  "dashboard:read",
  "webhooks:read",
  "webhooks:write",
  "channels:read",
  "channels:write",
  "alerts:read",
  "alerts:write",
  "api-keys:read",
  "api-keys:write",
  "organization:read",
  "organization:write",
  "audit:read",
] as const;
export type Scope = (typeof scopes)[number];
export type GrantedScope = Scope | "*";

export const allows = (granted: readonly GrantedScope[], scope: Scope): boolean =>
  granted.includes("*") || granted.includes(scope);

/** Who does something: the audit log's `actor`. */
export type Actor =
  | { readonly type: "api_key"; readonly id: string; readonly name: string }
  | { readonly type: "system"; readonly id: string; readonly name: string };
