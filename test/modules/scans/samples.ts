import { env } from "cloudflare:workers";
import { newId } from "#lib/id";
import { emptySummary } from "#scans/start";
import type { TestOrg } from "../../support/org.ts";
import type { Samples } from "../../support/samples.ts";
import { accountRow, at, insertRows } from "../findings/world.ts";

async function makeScan(org: TestOrg, active: boolean): Promise<{ id: string }> {
  const id = newId();
  const row = {
    org_id: org.id,
    id,
    run_id: id,
    kind: "account",
    account_id: newId(),
    aws_account_id: "123456789012",
    seq: 1,
    status: active ? "running" : "complete",
    active: Number(active),
    regions: null,
    services: null,
    summary: JSON.stringify(emptySummary),
    error_message: null,
    deadline_at: at(9),
    started_at: at(1),
    completed_at: active ? null : at(2),
    version: 1,
    created_at: at(1),
    updated_at: at(1),
  };
  await insertRows("scans", [row]);
  await insertRows("runs", [{ org_id: org.id, id, trigger: "api", created_by: null, created_at: at(1) }]);
  return { id };
}

/** Two scans of one account. */
async function twoScans(org: TestOrg): Promise<{ id: string; otherId: string }> {
  const [{ id }, { id: otherId }] = [await makeScan(org, false), await makeScan(org, false)];
  await env.DB.prepare("UPDATE scans SET account_id = ?2 WHERE org_id = ?1").bind(org.id, newId()).run();
  return { id, otherId };
}

const ended = (org: TestOrg): Promise<{ id: string }> => makeScan(org, false);
const running = (org: TestOrg): Promise<{ id: string }> => makeScan(org, true);

/** No parameter, but an account to scan. */
async function account(org: TestOrg): Promise<Record<string, string>> {
  await insertRows("accounts", [accountRow(org.id, "123456789012")]);
  return {};
}

export const samples: Samples = {
  listScans: {},
  createScans: { params: account, body: {} },
  listActiveScans: {},
  listRecentScans: {},
  getScan: { params: ended },
  listCoverage: { params: ended },
  listComponents: { params: ended },
  compareScans: { params: twoScans },
  getScanGraph: { params: ended },
  cancelScan: { params: running },
  getRun: { params: ended },
};
