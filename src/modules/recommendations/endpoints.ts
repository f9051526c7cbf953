import { endpoint, list, one } from "#http/endpoint";
import { decideRecommendation } from "./decide.ts";
import { getRecommendation } from "./get.ts";
import { listRecommendations, recommendationSort } from "./list.ts";
import {
  RecommendationBody,
  recommendationBody,
  RecommendationPatch,
  RecommendationPath,
  RecommendationQuery,
  WholeRecommendationBody,
  wholeRecommendationBody,
} from "./shapes.ts";

const read = { method: "get", tag: "Recommendations", scope: "recommendations:read", role: "viewer" } as const;

export const endpoints = [
  endpoint(
    {
      ...read,
      path: "/recommendations",
      operationId: "listRecommendations",
      summary: "List what to do, first things first",
      description:
        "One for each account and check with open findings, by `priorityScore`. Savings that exclude each other are counted once in `countedMonthlySavings`.",
      query: RecommendationQuery,
      sort: recommendationSort,
      reply: list(RecommendationBody, recommendationBody),
      faults: ["INVALID_REQUEST", "INVALID_CURSOR"],
    },
    ({ org, page, query }) => listRecommendations(org, page, query),
  ),
  endpoint(
    {
      ...read,
      path: "/recommendations/{id}",
      operationId: "getRecommendation",
      summary: "Get one recommendation with the worst of its findings",
      params: RecommendationPath,
      reply: one(WholeRecommendationBody, wholeRecommendationBody, ({ row }) => row.version, { moving: true }),
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => getRecommendation(org, params.id),
  ),
  endpoint(
    {
      method: "patch",
      path: "/recommendations/{id}",
      operationId: "decideRecommendation",
      tag: "Recommendations",
      summary: "Accept, dismiss or reopen a recommendation",
      scope: "recommendations:write",
      role: "analyst",
      params: RecommendationPath,
      body: RecommendationPatch,
      reply: one(RecommendationBody, recommendationBody, ({ row }) => row.version),
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND", "PRECONDITION_FAILED"],
    },
    ({ org, params, body, ifMatch }) => decideRecommendation(org, params.id, body, ifMatch),
  ),
];
