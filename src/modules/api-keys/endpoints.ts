import { endpoint, list, none, one } from "#http/endpoint";
import { createApiKey } from "./create.ts";
import { deleteApiKey } from "./delete.ts";
import { getApiKey, listApiKeys } from "./get.ts";
import { revokeApiKey } from "./revoke.ts";
import { rotateApiKey } from "./rotate.ts";
import {
  ApiKeyBody,
  apiKeyBody,
  ApiKeyId,
  CreateApiKey,
  NewApiKeyBody,
  newApiKeyBody,
  RotateApiKey,
} from "./shapes.ts";

const tag = "API keys";

export const endpoints = [
  endpoint(
    {
      method: "get",
      path: "/api-keys",
      operationId: "listApiKeys",
      tag,
      summary: "Lists the API keys, the newest first",
      scope: "api-keys:read",
      role: "admin",
      reply: list(ApiKeyBody, apiKeyBody),
      faults: [],
    },
    ({ org, page }) => listApiKeys(org, page),
  ),
  endpoint(
    {
      method: "post",
      path: "/api-keys",
      operationId: "createApiKey",
      tag,
      summary: "Makes an API key; it is shown once",
      scope: "api-keys:write",
      role: "admin",
      group: "key-create",
      body: CreateApiKey,
      status: 201,
      reply: one(NewApiKeyBody, newApiKeyBody, ({ row }) => row.version),
      location: ({ row }) => `/api-keys/${row.id}`,
      faults: ["RESOURCE_NOT_FOUND"],
    },
    ({ org, body }) => createApiKey(org, body),
  ),
  endpoint(
    {
      method: "get",
      path: "/api-keys/{id}",
      operationId: "getApiKey",
      tag,
      summary: "Reads an API key; the key itself is never shown again",
      scope: "api-keys:read",
      role: "admin",
      params: ApiKeyId,
      reply: one(ApiKeyBody, apiKeyBody, ({ version }) => version),
      faults: ["RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => getApiKey(org, params.id),
  ),
  endpoint(
    {
      method: "delete",
      path: "/api-keys/{id}",
      operationId: "deleteApiKey",
      tag,
      summary: "Revokes an API key and removes it",
      scope: "api-keys:write",
      role: "admin",
      params: ApiKeyId,
      reply: none,
      faults: ["RESOURCE_NOT_FOUND", "PRECONDITION_FAILED"],
    },
    ({ org, params, ifMatch }) => deleteApiKey(org, params.id, ifMatch),
  ),
  endpoint(
    {
      method: "post",
      path: "/api-keys/{id}/revoke",
      operationId: "revokeApiKey",
      tag,
      summary: "Revokes an API key: its next request is refused",
      scope: "api-keys:write",
      role: "admin",
      params: ApiKeyId,
      reply: one(ApiKeyBody, apiKeyBody, ({ version }) => version),
      faults: ["RESOURCE_NOT_FOUND", "PRECONDITION_FAILED"],
    },
    ({ org, params, ifMatch }) => revokeApiKey(org, params.id, ifMatch),
  ),
  endpoint(
    {
      method: "post",
      path: "/api-keys/{id}/rotate",
      operationId: "rotateApiKey",
      tag,
      summary: "Replaces an API key by a new one with the same rights and end",
      scope: "api-keys:write",
      role: "admin",
      group: "key-create",
      params: ApiKeyId,
      body: RotateApiKey,
      status: 201,
      reply: one(NewApiKeyBody, newApiKeyBody, ({ row }) => row.version),
      location: ({ row }) => `/api-keys/${row.id}`,
      faults: ["RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "CONFLICT"],
    },
    ({ org, params, body, ifMatch }) => rotateApiKey(org, { id: params.id, graceHours: body.graceHours, ifMatch }),
  ),
];
