import { ListResourceRecordSetsCommand, paginateListHostedZones, Route53Client } from "@aws-sdk/client-route-53";

const plain = (name) => name.replace(/\.$/, "").replaceAll(String.raw`\052`, "*");

/** The SDK has no paginator for it. */
async function recordSets(route53, HostedZoneId) {
  const records = [];
  let start = {};
  for (let isTruncated = true; isTruncated;) {
    const page = await route53.send(new ListResourceRecordSetsCommand({ HostedZoneId, ...start }));
    records.push(...page.ResourceRecordSets);
    isTruncated = page.IsTruncated;
    start = {
      StartRecordName: page.NextRecordName,
      StartRecordType: page.NextRecordType,
      StartRecordIdentifier: page.NextRecordIdentifier,
    };
  }
  return records;
}

/** Of the record sets only those that point somewhere. */
export async function expectedGlobally(client) {
  const route53 = client(Route53Client);
  const pages = paginateListHostedZones({ client: route53 }, {});
  const zones = (await Array.fromAsync(pages, ({ HostedZones }) => HostedZones)).flat();
  const ids = zones.map(({ Id }) => Id.replace("/hostedzone/", ""));
  const records = [];
  for (const id of ids) {
    for (const { Name, Type, SetIdentifier = "" } of await recordSets(route53, id))
      if (["A", "AAAA", "CNAME"].includes(Type))
        records.push([id, plain(Name), Type, SetIdentifier].filter(Boolean).join("/"));
  }
  return {
    "route53.hostedZones": ids.map((id) => `arn:aws:route53:::hostedzone/${id}`),
    "route53.recordSets": records,
  };
}
