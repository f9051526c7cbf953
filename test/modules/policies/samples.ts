import { newId } from "#lib/id";
import { emptySummary } from "#scans/start";
import { api } from "../../support/api.ts";
import type { TestOrg } from "../../support/org.ts";
import type { Samples } from "../../support/samples.ts";
import { at, insertRows, type Row } from "../findings/world.ts";

export const policyBody = {
  name: "Nothing critical",
  conditions: [{ kind: "max_open", severity: "critical", count: 0 }],
};

const aPolicy = async (org: TestOrg): Promise<{ id: string }> => {
  const made = await api(org.keys.admin).post<{ data: { id: string } }>("/policies", policyBody);
  return { id: made.body.data.id };
};

/** A scan that has ended, of an account that need not be there. */
export async function endedScan(org: TestOrg, more: Row = {}): Promise<{ id: string }> {
  const id = newId();
  await insertRows("scans", [
    {
      org_id: org.id,
      id,
      run_id: id,
      kind: "account",
      account_id: newId(),
      aws_account_id: "123456789012",
      seq: 1,
      status: "complete",
      active: 0,
      regions: null,
      services: null,
      summary: JSON.stringify(emptySummary),
      verdicts: null,
      error_message: null,
      deadline_at: at(9),
      started_at: at(1),
      completed_at: at(2),
      version: 1,
      created_at: at(1),
      updated_at: at(1),
      ...more,
    },
  ]);
  return { id };
}

async function gatedScan(org: TestOrg): Promise<{ id: string }> {
  await aPolicy(org);
  return endedScan(org);
}

export const samples: Samples = {
  listPolicies: { query: "enabled=true" },
  createPolicy: { body: policyBody },
  getPolicy: { params: aPolicy },
  replacePolicy: { params: aPolicy, body: policyBody },
  changePolicy: { params: aPolicy, body: { enabled: false } },
  deletePolicy: { params: aPolicy },
  listPolicyEvaluations: { params: aPolicy, query: "result=fail" },
  evaluateScan: { params: gatedScan },
  listScanEvaluations: { params: gatedScan, query: "result=pass,fail" },
  listViolations: { params: gatedScan },
};
