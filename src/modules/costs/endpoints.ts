import { endpoint, one } from "#http/endpoint";
import { getCosts } from "./get.ts";
import { costsBody, CostsBody, CostQuery } from "./shapes.ts";

export const endpoints = [
  endpoint(
    {
      method: "get",
      path: "/costs",
      operationId: "getCosts",
      tag: "Costs",
      summary: "Get what was spent, by day, by service and by account",
      description:
        "Of the accounts whose Cost Explorer Cloudglass may ask (`ce:GetCostAndUsage`), which it does once a day.",
      scope: "costs:read",
      role: "viewer",
      query: CostQuery,
      reply: one(CostsBody, costsBody),
      faults: ["INVALID_REQUEST"],
    },
    ({ org, query }) => getCosts(org, query),
  ),
];
