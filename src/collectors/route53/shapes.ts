import { z } from "zod";
import type { AwsCaller, Operation } from "#aws/caller";
import { sharedPages } from "#collectors/shared";
import { flag, number, part, text, wholeListOf } from "#collectors/xml";

/** A name without its final dot, lower case; Route 53 writes `*` as `\052`. */
export const plainName = (name: string): string =>
  name
    .replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCodePoint(Number.parseInt(octal, 8)))
    .replace(/\.$/, "")
    .toLowerCase();

const listHostedZones: Operation = {
  service: "route53",
  action: "ListHostedZones",
  path: "/2013-04-01/hostedzone",
  paging: { token: "marker", next: "NextMarker", limit: ["maxitems", 100] },
};

const ListedZone = z.object({
  Id: z.string().transform((id) => id.replace("/hostedzone/", "")),
  Name: z.string().transform(plainName),
  Config: part({ Comment: text, PrivateZone: flag }),
  ResourceRecordSetCount: number,
  LinkedService: part({ ServicePrincipal: text }),
});
export type ListedZone = z.infer<typeof ListedZone>;

const Page = z.object({ HostedZones: wholeListOf("HostedZone", ListedZone) });

/** Every hosted zone of the account, 100 per page. */
export async function* zonePages(aws: AwsCaller): AsyncGenerator<readonly ListedZone[], void> {
  for await (const page of sharedPages(aws, listHostedZones)) {
    yield Page.parse(page).HostedZones;
  }
}
