import { z } from "zod";
import type { Operation } from "#aws/caller";
import { AwsFault } from "#aws/fault";
import { bucketOf } from "#collectors/bucket-host";
import type { CollectContext, Collector, Found, Place, Relation } from "#collectors/collector";
import { related, relatedBucket } from "#collectors/relations";
import { listOf, number, part, text, wholeListOf } from "#collectors/xml";
import { plainName, zonePages } from "./shapes.ts";

/** A name that points somewhere: its record set of type A, AAAA or CNAME. */
export interface RecordSet {
  readonly recordName: string;
  readonly recordType: string;
  readonly zoneId: string;
  /** Its zone answers in VPCs only. */
  readonly isPrivate: boolean | null;
  /** Tells record sets of one name and type apart: weighted, by region, … */
  readonly setIdentifier: string | null;
  readonly ttlSeconds: number | null;
  /** The host of AWS it is an alias of, without `dualstack.`; null: it has values. */
  readonly aliasTarget: string | null;
  /** Addresses, or the one host of a CNAME. */
  readonly values: readonly string[];
}

const listResourceRecordSets: Operation = {
  service: "route53",
  action: "ListResourceRecordSets",
  path: "/2013-04-01/hostedzone/{Id}/rrset",
  paging: {
    token: ["name", "type", "identifier"],
    next: ["NextRecordName", "NextRecordType", "NextRecordIdentifier"],
    limit: ["maxitems", 300],
    more: "IsTruncated",
  },
};

const hostOf = (name: string): string => plainName(name).replace(/^dualstack\./, "");

const ListedRecordSet = z.object({
  Name: z.string().transform(plainName),
  Type: z.string(),
  SetIdentifier: text,
  TTL: number,
  ResourceRecords: listOf("ResourceRecord", z.object({ Value: z.string() })),
  AliasTarget: part({ DNSName: text }),
});
type ListedRecordSet = z.infer<typeof ListedRecordSet>;

const Page = z.object({ ResourceRecordSets: wholeListOf("ResourceRecordSet", ListedRecordSet) });

interface Zone {
  readonly id: string;
  readonly isPrivate: boolean | null;
}

/**
 * Source: Route 53 API 2013-04-01, ListHostedZones (100 per page) and, for each zone with records of its own,
 * ListResourceRecordSets (300 per page). A zone whose records cannot be read ends the list.
 */
export const collector: Collector<RecordSet, object, Zone> = {
  id: "route53.recordSets",
  service: "route53",
  resourceType: "AWS::Route53::RecordSet",
  scope: "global",
  actions: ["route53:ListHostedZones", "route53:ListResourceRecordSets"],
  async *list({ aws }) {
    for await (const zones of zonePages(aws)) {
      yield zones
        .filter(({ ResourceRecordSetCount: records }) => records === null || records > ownRecords)
        .map(({ Id, Config }) => ({ id: Id, isPrivate: Config.PrivateZone }));
    }
  },
  async describe(context, zones) {
    const all = await Promise.all(zones.map((zone) => recordsOf(context, zone)));
    return all.flat();
  },
};

function attributesOf(record: ListedRecordSet, { id, isPrivate }: Zone): RecordSet {
  const values = record.ResourceRecords.map(({ Value }) => (record.Type === "CNAME" ? hostOf(Value) : Value));
  return {
    recordName: record.Name,
    recordType: record.Type,
    zoneId: id,
    isPrivate,
    setIdentifier: record.SetIdentifier,
    ttlSeconds: record.TTL,
    aliasTarget: record.AliasTarget.DNSName === null ? null : hostOf(record.AliasTarget.DNSName),
    values: values.toSorted(),
  };
}

function relationsOf(place: Place, record: RecordSet): readonly Relation[] {
  const host = record.aliasTarget ?? (record.recordType === "CNAME" ? record.values[0] : undefined);
  if (host === undefined) return [];
  // An alias of S3's website endpoint serves the bucket that is named like the record.
  const bucket = /^s3-website[.-]/.test(host) ? record.recordName : bucketOf(host);
  return bucket === null ? related("pointsTo", "DNS", host) : relatedBucket("pointsTo", bucket, place);
}

function found(attributes: RecordSet, place: Place): Found<RecordSet> {
  const { zoneId, recordName, recordType, setIdentifier } = attributes;
  return {
    nativeId: [zoneId, recordName, recordType, setIdentifier].filter((one) => one !== null).join("/"),
    arn: null,
    name: recordName,
    state: null,
    tags: {},
    createdAt: null,
    region: null,
    costMonthly: 0,
    relations: relationsOf(place, attributes),
    attributes,
  };
}

const pointing: ReadonlySet<string> = new Set(["A", "AAAA", "CNAME"]);

async function recordsOf({ aws, place }: CollectContext, zone: Zone): Promise<readonly Found<RecordSet>[]> {
  const records: Found<RecordSet>[] = [];
  try {
    for await (const page of aws.pages(listResourceRecordSets, { Id: zone.id })) {
      for (const record of Page.parse(page).ResourceRecordSets) {
        if (pointing.has(record.Type)) records.push(found(attributesOf(record, zone), place));
      }
    }
  } catch (error) {
    // Without its records a zone that is still there would read as if they were deleted.
    if (!(error instanceof AwsFault && error.code === "NoSuchHostedZone")) throw error;
    return [];
  }
  return records;
}

/** Every zone has an NS and an SOA record set; one with no more has nothing that points anywhere. */
const ownRecords = 2;
