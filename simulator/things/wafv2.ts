import { AwsError, json } from "../answers.ts";
import { text, type Call, type Operation } from "../calls.ts";
import { loadBalancerArn, loadBalancers } from "./elbv2.ts";
import { countOf, digits, isBusy, numberOf, pageOf, type ThingService } from "./thing.ts";

/** Source: WAF API 2019-07-29. */
export const webAcls = "wafv2.webAcls";
const paging = { token: "NextMarker", limit: "Limit", byDefault: 100, min: 1, max: 100 };

const idOf = (n: number): string => `5a4b3c2d-0000-4000-8000-${digits(n, 12)}`;
export const webAclArn = ({ account, region }: Call, n: number): string =>
  `arn:aws:wafv2:${region}:${account.id}:regional/webacl/acl-${n}/${idOf(n)}`;

const refused = (field: string): AwsError =>
  new AwsError("WAFInvalidParameterException", 400, `Error reason: The parameter is not valid, field: ${field}`);

const listWebAcls: Operation = (call) => {
  const scope = text(call, "Scope");
  if (scope !== "REGIONAL" && (scope !== "CLOUDFRONT" || call.region !== "us-east-1")) throw refused("SCOPE_VALUE");
  if (scope === "CLOUDFRONT") return json({ WebACLs: [] });
  const { numbers, next } = pageOf(call, webAcls, paging);
  const WebACLs = numbers.map((n) => ({
    Name: `acl-${n}`,
    Id: idOf(n),
    Description: `web ACL ${n}`,
    LockToken: `6b5c4d3e-0000-4000-8000-${digits(n, 12)}`,
    ARN: webAclArn(call, n),
  }));
  return json({ WebACLs, NextMarker: next });
};

/** Every second protects the load balancer of its number. */
const listResourcesForWebAcl: Operation = (call) => {
  const message = "AWS WAF couldn’t perform the operation because your resource doesn’t exist.";
  const n = numberOf(call, webAcls, "WebACLArn", new AwsError("WAFNonexistentItemException", 400, message));
  const type = text(call, "ResourceType") ?? "APPLICATION_LOAD_BALANCER";
  const isThere = isBusy(n) && n < countOf(call, loadBalancers) && type === "APPLICATION_LOAD_BALANCER";
  return json({ ResourceArns: isThere ? [loadBalancerArn(call, n)] : [] });
};

export const wafv2: ThingService = {
  operations: { ListWebACLs: listWebAcls, ListResourcesForWebACL: listResourcesForWebAcl },
  kinds: { [webAcls]: { isTagged: true, arnOf: webAclArn } },
};
