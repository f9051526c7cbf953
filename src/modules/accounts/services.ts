import { collectors } from "#collectors/registry";

/** Promised by name whether or not a collector reads them yet, so that asking for one is never an error. */
const announced = ["cloudwatch", "elbv2", "kms", "lambda", "secretsmanager"];

/** AWS's own names of the services Cloudglass speaks of. */
export const serviceNames: readonly string[] = [
  ...new Set([...Object.values(collectors).map(({ service }) => service), ...announced]),
].toSorted();

/** CloudFormation's names of what the collectors find. */
export const resourceTypes: readonly string[] = [
  ...new Set(Object.values(collectors).map(({ resourceType }) => resourceType)),
].toSorted();

/** The usual other names of services. */
const aliases: ReadonlyMap<string, string> = new Map([
  ["alb", "elbv2"],
  ["secrets_manager", "secretsmanager"],
]);

/** Names that people give to one kind of resource of a service. */
const kinds: ReadonlyMap<string, { readonly service: string; readonly resourceType: string }> = new Map([
  ["security_groups", { service: "ec2", resourceType: "AWS::EC2::SecurityGroup" }],
]);

/** All names a caller may write. */
export const serviceWords: readonly string[] = [...serviceNames, ...aliases.keys(), ...kinds.keys()];

const serviceOf = (word: string): string => kinds.get(word)?.service ?? aliases.get(word) ?? word;

/** AWS's names of the services meant, each once. */
export const servicesOf = (words: readonly string[]): string[] => [...new Set(words.map(serviceOf))].toSorted();

/** What a filter on services comes down to: one column with values, so that an index follows it. */
export interface ServiceMeaning {
  readonly by: "service" | "resourceType";
  readonly values: readonly string[];
}

/** By service, unless a word means one kind only: then all of them are written out as kinds. */
export function serviceMeaning(words: readonly string[]): ServiceMeaning {
  if (!words.some((word) => kinds.has(word))) return { by: "service", values: servicesOf(words) };
  const types = words.flatMap((word) => kinds.get(word)?.resourceType ?? typesOf(serviceOf(word)));
  return { by: "resourceType", values: [...new Set(types)] };
}

const typesOf = (service: string): string[] =>
  Object.values(collectors)
    .filter((collector) => collector.service === service)
    .map(({ resourceType }) => resourceType);
