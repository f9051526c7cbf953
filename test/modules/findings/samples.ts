import { newId } from "#lib/id";
import type { TestOrg } from "../../support/org.ts";
import type { Samples } from "../../support/samples.ts";
import { connected } from "../onboarding/world.ts";
import { accountRow, findingRow, insertRows, resourceRow } from "./world.ts";

async function anyFinding(org: TestOrg): Promise<{ id: string }> {
  const id = newId();
  await insertRows("findings", [
    await findingRow(org.id, accountRow(org.id, "123456789012"), 1, { id, status: "open" }),
  ]);
  return { id };
}

const volume = { place: "eu-west-1", collector: "ec2.volumes", service: "ec2", resource_type: "AWS::EC2::Volume" };

/** A finding about a volume that the account behind it never had. */
async function lostVolume(given: TestOrg): Promise<{ id: string }> {
  const { org, id, awsAccountId } = await connected({}, given);
  const account = { id, aws_account_id: awsAccountId };
  const row = await findingRow(org.id, account, 4, { ...volume, type: "orphaned_volume", status: "open" });
  const resource = await resourceRow(org.id, account, 4, {
    ...volume,
    id: row["resource_id"] ?? "",
    native_id: "vol-0f",
  });
  await insertRows("findings", [row]);
  await insertRows("resources", [resource]);
  return { id: row.id };
}

export const samples: Samples = {
  listFindings: {},
  getFindingStats: {},
  getFinding: { params: anyFinding },
  changeFinding: { params: anyFinding, body: { status: "ignored", ignoreReason: "On purpose." } },
  changeFindings: {
    body: async (org: TestOrg) => ({ ids: [(await anyFinding(org)).id], changes: { note: "Seen." } }),
  },
  recheckFinding: { params: lostVolume },
};
