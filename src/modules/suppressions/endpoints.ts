import { endpoint, list, none, one } from "#http/endpoint";
import { changeSuppression, replaceSuppression } from "./change.ts";
import { createSuppression } from "./create.ts";
import { deleteSuppression } from "./delete.ts";
import { listSuppressions, suppressionSort } from "./list.ts";
import { previewSuppression } from "./preview.ts";
import {
  NewSuppression,
  previewBody,
  PreviewBody,
  PreviewInput,
  suppressionBody,
  SuppressionBody,
  SuppressionId,
  suppressionInput,
  SuppressionPatch,
  SuppressionQuery,
} from "./shapes.ts";
import { getSuppression, type SuppressionRow } from "./suppression.ts";

const read = { tag: "Suppressions", scope: "findings:read", role: "viewer" } as const;
const write = { tag: "Suppressions", scope: "findings:write", role: "editor" } as const;
const suppression = one(SuppressionBody, suppressionBody, ({ version }: SuppressionRow) => version, { moving: true });

export const endpoints = [
  endpoint(
    {
      ...read,
      method: "get",
      path: "/suppressions",
      operationId: "listSuppressions",
      summary: "List suppressions, in the order in which they are asked",
      query: SuppressionQuery,
      sort: suppressionSort,
      reply: list(SuppressionBody, suppressionBody),
      faults: ["INVALID_REQUEST", "INVALID_CURSOR"],
    },
    ({ org, page, query }) => listSuppressions(org, page, query),
  ),
  endpoint(
    {
      ...write,
      method: "post",
      path: "/suppressions",
      operationId: "createSuppression",
      summary: "Suppress findings by a condition",
      description:
        "Open findings that match, now and in every later scan, are `ignored` with this reason until it expires. Of several the oldest " +
        "takes a finding. What people snoozed, ignored or reopened themselves is left alone. `GET /findings?suppressionId=…` lists what it has.",
      body: NewSuppression,
      status: 201,
      reply: suppression,
      location: ({ id }) => `/suppressions/${id}`,
      faults: ["INVALID_REQUEST", "CONFLICT"],
    },
    ({ org, body }) => createSuppression(org, suppressionInput(body)),
  ),
  endpoint(
    {
      ...read,
      method: "post",
      path: "/suppressions/preview",
      operationId: "previewSuppression",
      summary: "Tell which open findings a condition matches now",
      body: PreviewInput,
      reply: one(PreviewBody, previewBody),
      faults: ["INVALID_REQUEST"],
    },
    ({ org, body }) => previewSuppression(org, body.condition),
  ),
  endpoint(
    {
      ...read,
      method: "get",
      path: "/suppressions/{id}",
      operationId: "getSuppression",
      summary: "Get one suppression",
      params: SuppressionId,
      reply: suppression,
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => getSuppression(org, params.id),
  ),
  endpoint(
    {
      ...write,
      method: "put",
      path: "/suppressions/{id}",
      operationId: "replaceSuppression",
      summary: "Replace a suppression",
      params: SuppressionId,
      body: NewSuppression,
      reply: suppression,
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "CONFLICT"],
    },
    ({ org, params, body, ifMatch }) => replaceSuppression(org, { ...params, ifMatch, body: suppressionInput(body) }),
  ),
  endpoint(
    {
      ...write,
      method: "patch",
      path: "/suppressions/{id}",
      operationId: "changeSuppression",
      summary: "Change a suppression by merge patch (RFC 7396)",
      description:
        "What no longer matches opens again, what now does is taken. A later `expiresAt` brings back one that has expired.",
      params: SuppressionId,
      body: SuppressionPatch,
      reply: suppression,
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "CONFLICT"],
    },
    ({ org, params, body, ifMatch }) => changeSuppression(org, { ...params, ifMatch, body }),
  ),
  endpoint(
    {
      ...write,
      method: "delete",
      path: "/suppressions/{id}",
      operationId: "deleteSuppression",
      summary: "Delete a suppression; what it has opens again, unless another one matches",
      params: SuppressionId,
      status: 204,
      reply: none,
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND", "PRECONDITION_FAILED"],
    },
    ({ org, params, ifMatch }) => deleteSuppression(org, params.id, ifMatch),
  ),
];
