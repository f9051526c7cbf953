import { describe, expect, it } from "vitest";
import { createApp } from "#http/app";
import committed from "../../docs/openapi.json";
import { document, operations } from "../support/openapi.ts";

describe("the OpenAPI document", () => {
  it("is the committed one", () => {
    expect(document).toEqual(committed);
  });

  it("describes every operation fully", () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { operation } of operations) {
      const statuses = Object.keys(operation.responses);
      expect(statuses.some((status) => status.startsWith("2"))).toBe(true);
      expect(statuses).toEqual(expect.arrayContaining(["400", "500", "503"]));
      if (operation.security === undefined) expect(statuses).toEqual(expect.arrayContaining(["401", "403", "429"]));
    }
  });

  it("lists every route of the app but pages and sockets", () => {
    const routes = createApp([]).routes.map(({ path }) => path);
    expect([...new Set(routes)].toSorted()).toEqual(
      [
        "/",
        "/*",
        "/api/docs",
        "/api/v1/openapi.json",
        "/api/v1/problems",
        "/api/v1/scans/:id/ws",
        "/api/v1/ws",
        "/problems/:slug",
      ].toSorted(),
    );
  });
});
