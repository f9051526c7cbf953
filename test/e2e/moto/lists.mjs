// The two lists that are compared: what the AWS SDK says is in moto, and what the API says.
import { globSync } from "node:fs";
import path from "node:path";
import { all } from "../support/api.mjs";

/** Makes the SDK's clients of a region: `client(EC2Client)`. */
export const clientsOf = (motoPort) => (region) => (Client) =>
  new Client({
    region,
    endpoint: `http://localhost:${motoPort}`,
    credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" },
    forcePathStyle: true,
  });

/**
 * What the SDK lists: collector → `<region or global> <native id>`, each with the facts that hold of it, where a thing is there
 * whatever AWS answers and its id alone would prove nothing.
 */
export async function listedBySdk(clientIn, { regions, awsAccountId }) {
  const listed = {};
  const keep = (place, answer) => {
    for (const [collector, ids] of Object.entries(answer)) {
      const lines = ids
        .map((one) => (Array.isArray(one) ? one : [one]))
        .map(([id, facts]) => [`${place} ${id}`, facts]);
      listed[collector] = [...(listed[collector] ?? []), ...lines];
    }
  };
  for (const file of globSync("expected/*.mjs", { cwd: import.meta.dirname }).toSorted()) {
    const { expected, expectedGlobally } = await import(path.join(import.meta.dirname, file));
    if (expectedGlobally) keep("global", await expectedGlobally(clientIn("us-east-1"), awsAccountId));
    for (const region of expected ? regions : []) keep(region, await expected(clientIn(region), region, awsAccountId));
  }
  return listed;
}

/** All collectors. */
export const registry = async () => Object.values((await import("../../../src/collectors/registry.ts")).collectors);

/** What the API answers, in the same words: collector → rows, each with its line. */
export async function listedByApi(api) {
  const idOf = new Map((await registry()).map(({ id, resourceType }) => [resourceType, id]));
  const rows = (await all(api, "/resources")).map((row) => ({ ...row, line: `${row.region} ${row.resourceId}` }));
  return Object.groupBy(rows, ({ resourceType }) => idOf.get(resourceType));
}

/** The tags of things by ARN, as the tagging API tells them. */
export async function taggedBySdk(clientIn, regions) {
  const { paginateGetResources, tagging } = await import("./tagging.mjs");
  const tagged = new Map();
  for (const region of regions) {
    const config = { client: tagging(clientIn(region)), pageSize: 100 };
    for await (const { ResourceTagMappingList } of paginateGetResources(config, { TagsPerPage: 500 }))
      for (const { ResourceARN, Tags } of ResourceTagMappingList)
        tagged.set(ResourceARN, Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])));
  }
  return tagged;
}
