import type { TestOrg } from "../../support/org.ts";
import type { Samples } from "../../support/samples.ts";
import { accountRow, insertRows } from "../findings/world.ts";

/** Twelve digits that no other sample has. */
const digits = (): string => String(crypto.getRandomValues(new Uint32Array(1))[0]).padStart(12, "7");

async function anyAccount(org: TestOrg): Promise<{ id: string }> {
  const { id, ...row } = accountRow(org.id, digits());
  await insertRows("accounts", [{ ...row, id }]);
  return { id };
}

export const samples: Samples = {
  listAccounts: {},
  connectAccount: {
    body: {
      name: "Production",
      environment: "production",
      awsAccountId: "123456789012",
      credential: { method: "role", roleArn: "arn:aws:iam::123456789012:role/cloudglass" },
    },
  },
  getAccount: { params: anyAccount },
  replaceAccount: { params: anyAccount, body: { name: "Staging", environment: "staging" } },
  changeAccount: { params: anyAccount, body: { name: "Staging" } },
  disconnectAccount: { params: anyAccount },
};
