import { endpoint, list, one } from "#http/endpoint";
import { acknowledgeAlert } from "./acknowledge.ts";
import { getAlert, type WholeAlert } from "./alert.ts";
import { alertSort, listAlerts } from "./list.ts";
import { resolveAlert } from "./resolve.ts";
import { AlertBody, alertBody, AlertDetailBody, alertDetailBody, AlertPath, AlertQuery, Note } from "./shapes.ts";

const tag = "Alerts";
const read = { method: "get", tag, scope: "alerts:read", role: "viewer" } as const;
const decide = {
  method: "post",
  tag,
  scope: "alerts:write",
  role: "analyst",
  params: AlertPath,
  body: Note,
} as const;
const alert = one(AlertDetailBody, alertDetailBody, ({ row }: WholeAlert) => row.version, { moving: true });

export const endpoints = [
  endpoint(
    {
      ...read,
      path: "/alerts",
      operationId: "listAlerts",
      summary: "List the alerts that are not resolved, the newest first",
      description: "`status=all` lists all of them.",
      query: AlertQuery,
      sort: alertSort,
      reply: list(AlertBody, alertBody),
      faults: ["INVALID_REQUEST", "INVALID_CURSOR"],
    },
    ({ org, page, query }) => listAlerts(org, page, query),
  ),
  endpoint(
    {
      ...read,
      path: "/alerts/{id}",
      operationId: "getAlert",
      summary: "Get one alert, with what is left of what it is about",
      params: AlertPath,
      reply: alert,
      faults: ["RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => getAlert(org, params.id),
  ),
  endpoint(
    {
      ...decide,
      path: "/alerts/{id}/acknowledge",
      operationId: "acknowledgeAlert",
      summary: "Say that somebody looks after an alert",
      description:
        "Of what is new in it people are told all the same. One that is acknowledged already stays as it is.",
      reply: alert,
      faults: ["RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "INVALID_TRANSITION"],
    },
    ({ org, params, body, ifMatch }) => acknowledgeAlert(org, { ...params, ...body, ifMatch }),
  ),
  endpoint(
    {
      ...decide,
      path: "/alerts/{id}/resolve",
      operationId: "resolveAlert",
      summary: "Say that an alert is over",
      description:
        "An alert resolves by itself when nothing of what it is about is left. What is left of one that somebody resolves is not told " +
        "again, until it goes and comes back. One that is resolved already stays as it is.",
      reply: alert,
      faults: ["RESOURCE_NOT_FOUND", "PRECONDITION_FAILED"],
    },
    ({ org, params, body, ifMatch }) => resolveAlert(org, { ...params, ...body, ifMatch }),
  ),
];
