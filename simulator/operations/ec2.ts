import { ec2Answer } from "../answers.ts";
import { text, type Call, type Operation } from "../calls.ts";
import { kinds, type KindName } from "../kinds.ts";
import { windowOf, type Paging } from "../paging.ts";
import { present, sliceOf } from "../present.ts";
import { allRegions, isOptIn } from "../regions.ts";

/** Source: EC2 API 2016-11-15. Without MaxResults AWS answers up to 1,000 here too. */
const paging: Paging = { token: "NextToken", limit: "MaxResults", byDefault: 1000, min: 5, max: 1000 };

const nextToken = (next: string | undefined): string => (next === undefined ? "" : `<nextToken>${next}</nextToken>`);

/** A paged list of everything of a kind. */
const list =
  (kind: KindName, element: string): Operation =>
  (call) => {
    const slice = sliceOf(call.account, kind, call.region);
    const window = windowOf(call, slice.count, paging);
    const items = present(call.account, slice, window).map((one) => one.fragment);
    return ec2Answer(call.action, `<${element}>${items.join("")}</${element}>${nextToken(window.next)}`);
  };

/** Those of the recorded snapshots that everybody may restore. */
const publicTemplates = new Set(
  kinds.snapshot.fragments.flatMap((fragment, at) => (fragment.includes("public-to-everyone") ? [at] : [])),
);

const restorers = (call: Call): readonly string[] =>
  Object.entries(call.input).flatMap(([name, value]) => (/^RestorableBy\.\d+$/.test(name) ? [String(value)] : []));

/** Own snapshots; with RestorableBy only those that these may restore. A page may then hold fewer than asked for. */
const describeSnapshots: Operation = (call) => {
  const by = restorers(call);
  const mayRestoreOwn = by.length === 0 || by.includes("self") || by.includes(call.account.id);
  const slice = sliceOf(call.account, "snapshot", call.region);
  const window = windowOf(call, slice.count, paging);
  const all = present(call.account, slice, window);
  const shown = mayRestoreOwn ? all : all.filter((one) => by.includes("all") && publicTemplates.has(one.template));
  const items = shown.map((one) => one.fragment).join("");
  return ec2Answer(call.action, `<snapshotSet>${items}</snapshotSet>${nextToken(window.next)}`);
};

/** EC2 gives all addresses at once. */
const describeAddresses: Operation = (call) => {
  const slice = sliceOf(call.account, "address", call.region);
  const items = present(call.account, slice, { from: 0, to: slice.count }).map((one) => one.fragment);
  return ec2Answer(call.action, `<addressesSet>${items.join("")}</addressesSet>`);
};

/** Enabled regions; with AllRegions the others too. */
const describeRegions: Operation = (call) => {
  const enabled = call.account.settings.regions;
  const shown = text(call, "AllRegions") === "true" ? allRegions : enabled;
  const items = shown.toSorted().map((region) => {
    const status = !enabled.includes(region) ? "not-opted-in" : isOptIn(region) ? "opted-in" : "opt-in-not-required";
    return (
      `<item><regionName>${region}</regionName><regionEndpoint>ec2.${region}.amazonaws.com</regionEndpoint>` +
      `<optInStatus>${status}</optInStatus></item>`
    );
  });
  return ec2Answer(call.action, `<regionInfo>${items.join("")}</regionInfo>`);
};

export const ec2: Readonly<Record<string, Operation>> = {
  DescribeRegions: describeRegions,
  DescribeInstances: list("instance", "reservationSet"),
  DescribeVolumes: list("volume", "volumeSet"),
  DescribeSnapshots: describeSnapshots,
  DescribeImages: list("image", "imagesSet"),
  DescribeAddresses: describeAddresses,
  DescribeSecurityGroups: list("securityGroup", "securityGroupInfo"),
  DescribeNetworkInterfaces: list("networkInterface", "networkInterfaceSet"),
};
