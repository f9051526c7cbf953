import { emptySummary } from "#scans/start";
import type { TestOrg } from "../../support/org.ts";
import { at, idAt, type Row } from "../findings/world.ts";

/** A scan that ended well, the account's n-th. */
export const endedScanRow = (org: TestOrg, account: Row, n: number): Row & { id: string } => ({
  org_id: org.id,
  id: idAt(n),
  run_id: idAt(n),
  kind: "account",
  account_id: account["id"] ?? null,
  aws_account_id: account["aws_account_id"] ?? "",
  seq: n,
  status: "complete",
  active: 0,
  regions: null,
  services: null,
  summary: JSON.stringify(emptySummary),
  error_message: null,
  deadline_at: at(n + 9),
  started_at: at(n),
  completed_at: at(n + 1),
  version: 1,
  created_at: at(n),
  updated_at: at(n),
});
