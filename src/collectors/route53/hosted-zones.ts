import type { Collector, Found, Place } from "#collectors/collector";
import { tagActions, taggedAs } from "#collectors/tags";
import { hostedZoneMonthlyUsd } from "#prices/route53";
import { zonePages, type ListedZone } from "./shapes.ts";

export interface HostedZone {
  readonly zoneId: string;
  /** The domain, without a final dot. */
  readonly zoneName: string;
  /** It answers in VPCs only. */
  readonly isPrivate: boolean | null;
  readonly comment: string | null;
  /** The service that keeps it, e.g. `servicediscovery.amazonaws.com`; null: the account itself. */
  readonly linkedService: string | null;
}

export interface HostedZoneObserved {
  /** Record sets, those at its top included. */
  readonly recordCount: number | null;
}

/** Source: Route 53 API 2013-04-01, ListHostedZones, 100 per page. */
export const collector: Collector<HostedZone, HostedZoneObserved> = {
  id: "route53.hostedZones",
  service: "route53",
  resourceType: "AWS::Route53::HostedZone",
  scope: "global",
  actions: ["route53:ListHostedZones", ...tagActions],
  async *list(context) {
    for await (const zones of zonePages(context.aws)) {
      yield zones.map((zone) => found(zone, context.place));
    }
  },
};

const arnOf = ({ Id }: ListedZone, { partition }: Place): string => `arn:${partition}:route53:::hostedzone/${Id}`;

function found(zone: ListedZone, place: Place): Found<HostedZone, HostedZoneObserved> {
  const arn = arnOf(zone, place);
  return {
    nativeId: arn,
    arn,
    name: zone.Name,
    state: null,
    ...taggedAs(arn),
    createdAt: null,
    region: null,
    costMonthly: hostedZoneMonthlyUsd,
    attributes: {
      zoneId: zone.Id,
      zoneName: zone.Name,
      isPrivate: zone.Config.PrivateZone,
      comment: zone.Config.Comment,
      linkedService: zone.LinkedService.ServicePrincipal,
    },
    observed: { recordCount: zone.ResourceRecordSetCount },
  };
}
