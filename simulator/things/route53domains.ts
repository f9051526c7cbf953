import { json } from "../answers.ts";
import type { Operation } from "../calls.ts";
import { isNth, pageOf, secondsBefore, type ThingService } from "./thing.ts";

/** Source: Route 53 Domains API 2014-05-15. */
const kind = "route53domains.domains";
const paging = { token: "Marker", limit: "MaxItems", byDefault: 20, min: 1, max: 100 };

/** Every 5th is not renewed by itself and ends soon; every 7th may be moved away. */
const listDomains: Operation = (call) => {
  const { numbers, next } = pageOf(call, kind, paging);
  const Domains = numbers.map((n) => ({
    DomainName: `domain-${n}.example`,
    AutoRenew: !isNth(n, 5),
    TransferLock: !isNth(n, 7),
    Expiry: secondsBefore(call, isNth(n, 5) ? -20 : -200),
  }));
  return json({ Domains, NextPageMarker: next });
};

export const route53domains: ThingService = {
  operations: { ListDomains: listDomains },
  kinds: { [kind]: { isGlobal: true, arnOf: (_, n) => `arn:aws:route53domains:::domain/domain-${n}.example` } },
};
