import type { FoundBy } from "#collectors/registry";

/** A record of type A in a public zone with one address, but for what is given. */
export const exampleRecord = (
  attributes: Partial<FoundBy<"route53.recordSets">["attributes"]> = {},
): FoundBy<"route53.recordSets"> => ({
  nativeId: "Z0A1/www.example.com/A",
  arn: null,
  name: "www.example.com",
  state: null,
  tags: {},
  createdAt: null,
  region: null,
  attributes: {
    recordName: "www.example.com",
    recordType: "A",
    zoneId: "Z0A1",
    isPrivate: false,
    setIdentifier: null,
    ttlSeconds: 300,
    aliasTarget: null,
    values: ["52.16.0.1"],
    ...attributes,
  },
});
