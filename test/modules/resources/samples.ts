import { newId } from "#lib/id";
import type { TestOrg } from "../../support/org.ts";
import type { Samples } from "../../support/samples.ts";
import { accountRow, insertRows, resourceRow } from "../findings/world.ts";

async function anyResource(org: TestOrg): Promise<{ id: string }> {
  const id = newId();
  await insertRows("resources", [await resourceRow(org.id, accountRow(org.id, "123456789012"), 1, { id })]);
  return { id };
}

export const samples: Samples = {
  listResources: {},
  getResourceStats: {},
  listResourceRegions: {},
  listResourceServices: {},
  getResource: { params: anyResource },
  listResourceVersions: { params: anyResource },
  listDependencies: { params: anyResource },
  listDependents: { params: anyResource },
};
