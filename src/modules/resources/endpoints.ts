import { endpoint, list, one } from "#http/endpoint";
import { listDependencies, listDependents } from "./dependencies.ts";
import { dependencyBody, DependencyBody, dependentBody, DependentBody } from "./dependency-shapes.ts";
import { getResource } from "./get.ts";
import { listVersions } from "./history.ts";
import { listResources, resourceSort } from "./list.ts";
import {
  RegionsBody,
  resourceBody,
  ResourceBody,
  ResourcePath,
  ResourceQuery,
  resourceStatsBody,
  ResourceStatsBody,
  resourceWithVerdictsBody,
  ResourceWithVerdictsBody,
  ServicesBody,
  versionBody,
  VersionBody,
} from "./shapes.ts";
import { countResources, presentValues } from "./stats.ts";

const read = { method: "get", tag: "Resources", scope: "resources:read", role: "viewer" } as const;

export const endpoints = [
  endpoint(
    {
      ...read,
      path: "/resources",
      operationId: "listResources",
      summary: "List discovered resources",
      query: ResourceQuery,
      sort: resourceSort,
      reply: list(ResourceBody, resourceBody),
      faults: ["INVALID_REQUEST", "INVALID_CURSOR"],
    },
    ({ org, page, query }) => listResources(org, page, query),
  ),
  endpoint(
    {
      ...read,
      path: "/resources/stats",
      operationId: "getResourceStats",
      summary: "Count resources by service, region, state, type and account",
      reply: one(ResourceStatsBody, resourceStatsBody),
      faults: [],
    },
    ({ org }) => countResources(org),
  ),
  endpoint(
    {
      ...read,
      path: "/resources/regions",
      operationId: "listResourceRegions",
      summary: "List the regions that have resources",
      reply: one(RegionsBody, (regions: readonly string[]) => regions),
      faults: [],
    },
    ({ org }) => presentValues(org, "region"),
  ),
  endpoint(
    {
      ...read,
      path: "/resources/services",
      operationId: "listResourceServices",
      summary: "List the services that have resources",
      reply: one(ServicesBody, (services: readonly string[]) => services),
      faults: [],
    },
    ({ org }) => presentValues(org, "service"),
  ),
  endpoint(
    {
      ...read,
      path: "/resources/{id}",
      operationId: "getResource",
      summary: "Get one resource with what was last judged of it",
      params: ResourcePath,
      reply: one(ResourceWithVerdictsBody, resourceWithVerdictsBody),
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => getResource(org, params.id),
  ),
  endpoint(
    {
      ...read,
      path: "/resources/{id}/history",
      operationId: "listResourceVersions",
      summary: "List what a resource was like before",
      description:
        "The newest first. A resource that is gone is found by its UUID for as long as its versions are kept.",
      params: ResourcePath,
      reply: list(VersionBody, versionBody),
      faults: ["INVALID_REQUEST", "INVALID_CURSOR", "RESOURCE_NOT_FOUND"],
    },
    ({ org, params, page }) => listVersions(org, page, params.id),
  ),
  endpoint(
    {
      ...read,
      path: "/resources/{id}/dependencies",
      operationId: "listDependencies",
      summary: "List what a resource depends on",
      params: ResourcePath,
      reply: list(DependencyBody, dependencyBody),
      faults: ["INVALID_REQUEST", "INVALID_CURSOR", "RESOURCE_NOT_FOUND"],
    },
    ({ org, params, page }) => listDependencies(org, page, params.id),
  ),
  endpoint(
    {
      ...read,
      path: "/resources/{id}/dependents",
      operationId: "listDependents",
      summary: "List what depends on a resource",
      description: "By its UUID also of a resource that is gone, for as long as anything depends on it.",
      params: ResourcePath,
      reply: list(DependentBody, dependentBody),
      faults: ["INVALID_REQUEST", "INVALID_CURSOR", "RESOURCE_NOT_FOUND"],
    },
    ({ org, params, page }) => listDependents(org, page, params.id),
  ),
];
