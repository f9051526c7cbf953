import { describe, expect, it } from "vitest";
import { createApp } from "#http/app";
import committed from "../../docs/openapi.json";
import { check, document, operations } from "../support/openapi.ts";

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

describe("the check of every answer in these tests", () => {
  const answer = (status: number, body: object, type = "application/json") => ({
    status,
    headers: new Headers({ "Content-Type": type }),
    body,
    text: JSON.stringify(body),
  });
  const healthy = { status: "ok", databases: 1 };

  it("refuses an undocumented status, form, member, and a missing or wrong one", () => {
    const held = (given: ReturnType<typeof answer>) => () => check("GET", "/health", given);
    expect(held(answer(200, healthy))).not.toThrow();
    expect(held(answer(418, healthy))).toThrow("the status is not documented");
    expect(held(answer(200, healthy, "text/plain"))).toThrow("text/plain is not documented");
    expect(held(answer(200, { ...healthy, secret: "x" }))).toThrow("/secret: not documented");
    expect(held(answer(200, { status: "ok" }))).toThrow("/databases: missing");
    expect(held(answer(200, { status: "ill", databases: 1 }))).toThrow("/status");
  });
});
