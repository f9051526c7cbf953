import { describe, it } from "vitest";
import { api } from "../../support/api.ts";
import { detectionOf } from "../../../src/modules/findings/finding.ts";
import {
  accountRow,
  at,
  collectorState,
  costOf,
  coverageRows,
  findingRow,
  insertRows,
  quietOrg,
  resourceRow,
  type Row,
} from "./world.ts";

type Body = { data: Record<string, unknown> };

async function worldWith(finding: Row, resource: Row | null, state: Record<string, unknown>) {
  const org = await quietOrg();
  const account = accountRow(org.id, "111111111111");
  await insertRows("accounts", [account]);
  const row = await findingRow(org.id, account, 4, {
    place: "eu-west-1",
    region: "eu-west-1",
    collector: "acm.certificates",
    ...finding,
  });
  await insertRows("findings", [row]);
  if (resource)
    await insertRows("resources", [
      await resourceRow(org.id, account, 4, {
        id: row["resource_id"] ?? "",
        place: "eu-west-1",
        collector: "acm.certificates",
        ...resource,
      }),
    ]);
  await insertRows("coverage", coverageRows(org.id, account, { "acm.certificates": state }));
  return { org, row };
}

const certificate = {
  resource_type: "AWS::CertificateManager::Certificate",
  service: "acm",
  expires_at: "2999-01-01T00:00:00.000Z",
  attributes: JSON.stringify({
    primaryDomain: "api.example.com",
    altNames: ["*.example.com"],
    issuer: "Amazon",
    algorithm: "RSA_2048",
    inUse: true,
    status: "ISSUED",
  }),
};
const expiring = {
  type: "ssl_expiry",
  resource_type: certificate.resource_type,
  service: "acm",
  category: "reliability",
  status: "open",
};

describe("GET /findings/{id}", () => {
  it("200: nests the resource and its certificate, adds today's figures, in one round trip", async ({ expect }) => {
    const details = JSON.stringify({ domain: "api.example.com", notAfter: "2999-01-01T00:00:00.000Z" });
    const { org, row } = await worldWith({ ...expiring, details }, certificate, collectorState({ runs: 5 }));
    const { status, body, headers } = await api(org.keys.viewer).get<Body>(`/findings/${row.id}`);
    expect(status).toBe(200);
    expect(headers.get("etag")).toBe('"1"');
    expect(body.data).toMatchObject({
      id: row.id,
      certificateId: row["resource_id"],
      details: { domain: "api.example.com", daysUntilExpiry: expect.any(Number) },
      detectionCount: 5,
      lastDetectedAt: at(900),
      lastVerifiedAt: at(900),
      stale: false,
      rationale: expect.stringContaining("browsers"),
      controls: { gdpr: ["article_32"] },
      resource: { id: row["resource_id"], lastSeenAt: at(900) },
      certificate: {
        primaryDomain: "api.example.com",
        altNames: ["*.example.com"],
        source: "acm",
        daysUntilExpiry: expect.any(Number),
      },
    });
    await costOf(org, "/findings/stats");
    const cost = await costOf(org, `/findings/${row.id}`);
    expect(cost.roundTrips).toBe(1);
    expect(cost.rowsRead).toBeLessThanOrEqual(8);
  });

  it("200: a resource that is gone is null, and so is its certificate", async ({ expect }) => {
    const { org, row } = await worldWith(
      { ...expiring, details: JSON.stringify({ notAfter: at(0) }) },
      null,
      collectorState(),
    );
    const { body } = await api(org.keys.viewer).get<Body>(`/findings/${row.id}`);
    expect(body.data).toMatchObject({ resource: null, certificate: null, resourceId: row["resource_id"] });
  });

  it("200: what the newest scan could not see is stale and keeps its dates", async ({ expect }) => {
    const { org, row } = await worldWith(
      { status: "open", verified: 0, detections_before: 7 },
      null,
      collectorState({ completeSeq: 2 }),
    );
    const { body } = await api(org.keys.viewer).get<Body>(`/findings/${row.id}`);
    expect(body.data).toMatchObject({
      stale: true,
      detectionCount: 7,
      lastDetectedAt: at(500),
      lastVerifiedAt: at(500),
    });
  });

  it("404: hides a finding of another organization as if there were none", async ({ expect }) => {
    const { row } = await worldWith({}, null, collectorState());
    const stranger = await quietOrg();
    const hidden = await api(stranger.keys.admin).get<Record<string, unknown>>(`/findings/${row.id}`);
    const missing = await api(stranger.keys.admin).get<Record<string, unknown>>(
      "/findings/00000000-0000-8000-8000-000000000000",
    );
    expect([hidden.status, missing.status]).toEqual([404, 404]);
    const bare = ({ requestId: _, instance: __, ...rest }: Record<string, unknown>) => rest;
    expect(bare(hidden.body)).toEqual(bare(missing.body));
  });
});

describe("detectionOf", () => {
  const row = {
    status: "open",
    verified: true,
    lastDetectedAt: at(10),
    detectionsBefore: 3,
    runsAtStart: 4,
    resolvedAt: null,
  };
  const detect = (more: object, sight: Parameters<typeof detectionOf>[1]) =>
    // safe: only these columns are read.
    detectionOf({ ...row, ...more } as unknown as Parameters<typeof detectionOf>[0], sight);

  it("counts every complete run of a stretch, and the first even before its list is complete", ({ expect }) => {
    expect(detect({}, { runs: 9, completeAt: at(20), complete: true })).toMatchObject({
      detectionCount: 8,
      lastDetectedAt: at(20),
      stale: false,
    });
    expect(detect({}, { runs: 4, completeAt: at(5), complete: false })).toMatchObject({
      detectionCount: 4,
      lastDetectedAt: at(10),
      stale: true,
    });
    expect(detect({}, null)).toMatchObject({ detectionCount: 4, lastDetectedAt: at(10), stale: true });
  });

  it("a resolved one is verified by later runs but not detected by them", ({ expect }) => {
    const resolved = { status: "resolved", resolvedAt: at(15) };
    expect(detect(resolved, { runs: 9, completeAt: at(20), complete: true })).toEqual({
      detectionCount: 3,
      lastDetectedAt: at(10),
      lastVerifiedAt: at(20),
      stale: false,
    });
  });
});
