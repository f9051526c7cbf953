import type { AlertRule } from "#alerts/rule";
import { endpoint, list, none, one } from "#http/endpoint";
import { changeAlertRule, replaceAlertRule } from "./change.ts";
import { createAlertRule } from "./create.ts";
import { deleteAlertRule } from "./delete.ts";
import { alertRuleSort, listAlertRules } from "./list.ts";
import { previewAlertRule, previewNewRule } from "./preview.ts";
import { getAlertRule } from "./rule.ts";
import {
  AlertPreviewBody,
  alertPreviewBody,
  AlertRuleBody,
  alertRuleBody,
  AlertRulePatch,
  AlertRulePath,
  AlertRuleQuery,
  NewAlertRule,
} from "./shapes.ts";

const tag = "Alert rules";
const read = { method: "get", tag, scope: "alerts:read", role: "viewer" } as const;
const write = { tag, scope: "alerts:write", role: "admin" } as const;
const preview = { method: "post", tag, scope: "alerts:read", role: "analyst" } as const;
const rule = one(AlertRuleBody, alertRuleBody, ({ version }: AlertRule) => version, { moving: true });
const anew = "Where the condition or the route changes the rule begins anew: its alerts are resolved.";

export const endpoints = [
  endpoint(
    {
      ...read,
      path: "/alert-rules",
      operationId: "listAlertRules",
      summary: "List the alert rules, the newest first",
      query: AlertRuleQuery,
      sort: alertRuleSort,
      reply: list(AlertRuleBody, alertRuleBody),
      faults: ["INVALID_REQUEST", "INVALID_CURSOR"],
    },
    ({ org, page, query }) => listAlertRules(org, page, query),
  ),
  endpoint(
    {
      ...write,
      method: "post",
      path: "/alert-rules",
      operationId: "createAlertRule",
      summary: "Make an alert rule",
      description:
        "Rules about findings look at what happens from now on, once for each run, when it has ended; the others look at how things are, " +
        "after each run and every hour. What meets the condition makes one alert, of each route one, however many things they are: it is " +
        "told to the channels in one message, told again when something is new, and resolved when nothing of it is left. 50 rules at most.",
      body: NewAlertRule,
      status: 201,
      reply: rule,
      location: ({ id }) => `/alert-rules/${id}`,
      faults: ["INVALID_REQUEST", "CONFLICT"],
    },
    ({ org, body }) => createAlertRule(org, body),
  ),
  endpoint(
    {
      ...preview,
      path: "/alert-rules/preview",
      operationId: "previewNewAlertRule",
      summary: "See what an alert rule would do, before it is made",
      description: "Held against the last scan of each account. Nothing is written, and nobody is told.",
      body: NewAlertRule,
      reply: one(AlertPreviewBody, alertPreviewBody),
      faults: ["INVALID_REQUEST"],
    },
    ({ org, body }) => previewNewRule(org, body),
  ),
  endpoint(
    {
      ...read,
      path: "/alert-rules/{id}",
      operationId: "getAlertRule",
      summary: "Get one alert rule",
      params: AlertRulePath,
      reply: rule,
      faults: ["RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => getAlertRule(org, params.id),
  ),
  endpoint(
    {
      ...write,
      method: "put",
      path: "/alert-rules/{id}",
      operationId: "replaceAlertRule",
      summary: "Replace an alert rule",
      description: anew,
      params: AlertRulePath,
      body: NewAlertRule,
      reply: rule,
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "CONFLICT"],
    },
    ({ org, params, body, ifMatch }) => replaceAlertRule(org, { ...params, ifMatch }, body),
  ),
  endpoint(
    {
      ...write,
      method: "patch",
      path: "/alert-rules/{id}",
      operationId: "changeAlertRule",
      summary: "Change an alert rule by merge patch (RFC 7396); null restores a default",
      description: `\`condition\` and \`route\` are replaced as a whole. ${anew} One that is switched off has no alerts.`,
      params: AlertRulePath,
      body: AlertRulePatch,
      reply: rule,
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "CONFLICT"],
    },
    ({ org, params, body, ifMatch }) => changeAlertRule(org, { ...params, ifMatch }, body),
  ),
  endpoint(
    {
      ...write,
      method: "delete",
      path: "/alert-rules/{id}",
      operationId: "deleteAlertRule",
      summary: "Delete an alert rule; its alerts are resolved, and stay",
      params: AlertRulePath,
      status: 204,
      reply: none,
      faults: ["RESOURCE_NOT_FOUND", "PRECONDITION_FAILED"],
    },
    ({ org, params, ifMatch }) => deleteAlertRule(org, { ...params, ifMatch }),
  ),
  endpoint(
    {
      ...preview,
      path: "/alert-rules/{id}/preview",
      operationId: "previewAlertRule",
      summary: "See what an alert rule would do now",
      description: "Held against the last scan of each account. Nothing is written, and nobody is told.",
      params: AlertRulePath,
      reply: one(AlertPreviewBody, alertPreviewBody),
      faults: ["RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => previewAlertRule(org, params.id),
  ),
];
