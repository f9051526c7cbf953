import { describe, expect, it } from "vitest";
import { createApp } from "#http/app";
import committed from "../../docs/openapi.json";
import { eventNames } from "#db/outbox";
import { eventSamples } from "../../src/modules/webhooks/event-samples.ts";
import { check, document, eventComplaints, operations, type Operation } from "../support/openapi.ts";

const contentOf = ({ responses }: Operation) => responses["200"]?.content ?? {};

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

  it("says what webhooks are sent of every event, as the samples have it", () => {
    expect(Object.keys(document.webhooks)).toEqual(eventNames);
    for (const event of eventNames) {
      expect(eventComplaints(event, eventSamples[event])).toEqual([]);
      expect(eventComplaints(event, { test: true, ...eventSamples[event] })).toEqual([]);
      expect(eventComplaints(event, { ...eventSamples[event], secret: "x" })).toEqual(["/secret: not documented"]);
    }
  });

  it("lists the sockets, with what they are refused with", () => {
    for (const path of ["/api/v1/ws", "/api/v1/scans/{id}/ws"]) {
      const { responses, parameters = [] } = document.paths[path]?.["get"] ?? { responses: {} };
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(["101", "401", "403", "404", "426", "429"]));
      expect(parameters.map(({ name }) => name)).toEqual(expect.arrayContaining(["ticket", "lastEventId"]));
    }
  });

  it("says 304 and If-None-Match where both are, and why not elsewhere", () => {
    for (const { method, operation } of operations) {
      const has304 = "304" in operation.responses;
      expect(operation.parameters?.some(({ name }) => name === "If-None-Match") ?? false).toBe(has304);
      if (method === "GET" && operation.security === undefined && !("text/event-stream" in contentOf(operation)))
        expect(operation.description?.includes("never answered with 304")).toBe(!has304);
    }
  });

  it("lists every route of the app but pages", () => {
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
