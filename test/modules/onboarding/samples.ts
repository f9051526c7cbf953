import { newId } from "#lib/id";
import type { Samples } from "../../support/samples.ts";
import { accountRow, insertRows } from "../findings/world.ts";
import { connected, organization } from "./world.ts";

export const samples: Samples = {
  getOnboarding: { query: "method=keyless&format=json" },
  testAccount: {
    async params(org) {
      const id = newId();
      await insertRows("accounts", [accountRow(org.id, "123456789012", { id })]);
      return { id };
    },
  },
  importOrganization: {
    async body(org) {
      const { id } = await connected(organization, org);
      return { accountId: id };
    },
  },
};
