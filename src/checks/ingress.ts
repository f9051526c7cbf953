import type { FoundBy } from "#collectors/registry";
import { oncePerList } from "./once.ts";

/** An inbound rule of a security group. */
export type Ingress = FoundBy<"ec2.securityGroups">["attributes"]["ingress"][number];

/** The sources of a rule that mean everybody. */
export const anywhereIn = (rule: Ingress): readonly string[] =>
  [...rule.cidrs, ...rule.ipv6Cidrs].filter((cidr) => cidr === "0.0.0.0/0" || cidr === "::/0");

export const isTcp = ({ protocol }: Ingress): boolean => protocol === "tcp" || protocol === "6";
export const isUdp = ({ protocol }: Ingress): boolean => protocol === "udp" || protocol === "17";

/** First and last port a TCP or UDP rule opens; a rule that names none opens all. */
export const portsOf = (rule: Ingress): readonly [from: number, to: number] => [
  rule.fromPort ?? 0,
  rule.toPort ?? 65_535,
];

/** Whether this port lies between the first and the last that a TCP or UDP rule opens. */
export function coversPort(rule: Ingress, port: number): boolean {
  const [from, to] = portsOf(rule);
  return from <= port && port <= to;
}

export const letsAnyoneIn = (ingress: readonly Ingress[]): boolean =>
  ingress.some((rule) => anywhereIn(rule).length > 0);

type Groups = readonly FoundBy<"ec2.securityGroups">[];

/** Those of these groups that open a TCP port to everyone, sorted. */
export const openGroupIds = (groups: Groups, ids: readonly string[], port: number | null): readonly string[] =>
  port === null ? [] : ids.filter((id) => opensPort(ingressById(groups).get(id) ?? [], port)).toSorted();

const ingressById = oncePerList(
  (groups: Groups): ReadonlyMap<string, readonly Ingress[]> =>
    new Map(groups.map(({ attributes }) => [attributes.groupId, attributes.ingress])),
);

const opensPort = (ingress: readonly Ingress[], port: number): boolean =>
  ingress.some(
    (rule) => anywhereIn(rule).length > 0 && (rule.protocol === "-1" || (isTcp(rule) && coversPort(rule, port))),
  );
