import { endpoint, one, type Endpoint } from "#http/endpoint";
import { whoamiBody, WhoamiBody } from "./shapes.ts";
import { whoAmI } from "./who-am-i.ts";

export const endpoints: readonly Endpoint[] = [
  endpoint(
    {
      method: "get",
      path: "/whoami",
      operationId: "whoAmI",
      tag: "Identity",
      summary: "Who this credential is and what it may do",
      scope: null,
      role: "viewer",
      reply: one(WhoamiBody, whoamiBody),
      faults: ["RESOURCE_NOT_FOUND"],
    },
    ({ org }) => whoAmI(org),
  ),
];
