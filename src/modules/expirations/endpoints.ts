import { endpoint, list } from "#http/endpoint";
import { listExpirations } from "./list.ts";
import { ExpirationBody, expirationBody, ExpirationQuery } from "./shapes.ts";

export const endpoints = [
  endpoint(
    {
      method: "get",
      path: "/expirations",
      operationId: "listExpirations",
      tag: "Expirations",
      summary: "List everything with a date, what ends first at the top",
      description:
        "Certificates, access keys, secrets, parameters, imported keys, tokens and domains, with the days left.",
      scope: "resources:read",
      role: "viewer",
      query: ExpirationQuery,
      sort: ["expiresAt"],
      reply: list(ExpirationBody, expirationBody),
      faults: ["INVALID_REQUEST", "INVALID_CURSOR"],
    },
    ({ org, page, query }) => listExpirations(org, page, query),
  ),
];
