import { endpoint, list, one } from "#http/endpoint";
import type { DescribedCheck } from "./catalogue.ts";
import { changeCheck, replaceCheck } from "./change.ts";
import { getCheck } from "./get.ts";
import { listChecks } from "./list.ts";
import { checkBody, CheckBody, CheckInput, CheckPatch, CheckPath, CheckQuery } from "./shapes.ts";

const tag = "Checks";
const read = { method: "get", tag, scope: "findings:read", role: "viewer" } as const;
const write = { tag, scope: "compliance:write", role: "editor", params: CheckPath } as const;
const reply = one(CheckBody, checkBody, ({ version }: DescribedCheck) => version, { moving: true });
const words =
  "Kept in the organization's settings, whose version is the ETag. A check that is switched off is not asked any more: the next " +
  "scan of each account resolves its findings. Other parameters hold from the next scan on.";

export const endpoints = [
  endpoint(
    {
      ...read,
      path: "/checks",
      operationId: "listChecks",
      summary: "List the checks",
      description:
        "What is looked for, why, and what to do about it, as your organization has it asked. All on one page.",
      query: CheckQuery,
      reply: list(CheckBody, checkBody),
      faults: ["INVALID_REQUEST"],
    },
    ({ org, query }) => listChecks(org, query),
  ),
  endpoint(
    {
      ...read,
      path: "/checks/{id}",
      operationId: "getCheck",
      summary: "Get one check",
      params: CheckPath,
      reply,
      faults: ["RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => getCheck(org, params.id),
  ),
  endpoint(
    {
      ...write,
      method: "patch",
      path: "/checks/{id}",
      operationId: "changeCheck",
      summary: "Switch a check off or on, or set parameters of it, by merge patch (RFC 7396); null restores a default",
      description: words,
      body: CheckPatch,
      reply,
      faults: ["RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "CONFLICT"],
    },
    ({ org, params, body, ifMatch }) => changeCheck(org, params.id, body, ifMatch),
  ),
  endpoint(
    {
      ...write,
      method: "put",
      path: "/checks/{id}",
      operationId: "replaceCheck",
      summary: "Set whether a check is asked and all its parameters; what is left out is as usual",
      description: words,
      body: CheckInput,
      reply,
      faults: ["RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "CONFLICT"],
    },
    ({ org, params, body, ifMatch }) => replaceCheck(org, params.id, body, ifMatch),
  ),
];
