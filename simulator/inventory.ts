import { HOME_REGION } from "./regions.ts";
import { always, countThings } from "./things/index.ts";
import { keysOfUser, kinds, type Kind, type KindName } from "./kinds.ts";

/** As many copies of what is in order stand beside one copy of everything recorded. */
const tidyPerBlock = 14;

const ec2Kinds = ["instance", "volume", "snapshot", "image", "address", "securityGroup", "networkInterface"] as const;
const otherRegional = ["dbInstance", "dbSnapshot", "certificate"] as const;

/** Shares of a large account; EC2 has the rest. */
const shares = { bucket: 0.005, iam: 0.015, other: 0.05 };

/** The account, its password policy and its public access block, which are always there and always one; settings of regions. */
const singlesIn = (regions: readonly string[]): number => 3 + always.global + always.regional * regions.length;

/** Things of one kind in one region. */
export interface Slice {
  readonly kind: KindName;
  /** "" for those that have none: IAM and S3. */
  readonly region: string;
  readonly count: number;
  /** Place of the first among everything that generations change. */
  readonly base: number;
  /** Blocks of copies, or the recorded set alone. */
  readonly multiplied: boolean;
}

export interface Inventory {
  readonly slices: ReadonlyMap<string, Slice>;
  /** Resources as Cloudglass counts them. */
  readonly total: number;
  /** How many of them a generation can change. */
  readonly changeable: number;
}

interface Entry {
  readonly template: number;
  readonly sub: number;
}

const blocks = new Map<KindName, readonly Entry[]>();

/** One block of a kind: everything recorded, then copies of what is in order. */
function blockOf(kind: Kind): readonly Entry[] {
  const known = blocks.get(kind.name);
  if (known) return known;
  const all = kind.templates.map((_, template) => ({ template, sub: 0 }));
  const tidy = Array.from({ length: tidyPerBlock }, (_, at) =>
    kind.tidy.map((template) => ({ template, sub: at + 1 })),
  );
  const block = [...all, ...tidy.flat()];
  blocks.set(kind.name, block);
  return block;
}

/** Which template a thing is made of, and the number of its copy: the same for all that belongs together. */
export function placeOf(slice: Slice, index: number): { readonly template: number; readonly copy: number } {
  const kind = kinds[slice.kind];
  if (!slice.multiplied) return { template: index, copy: 0 };
  const block = blockOf(kind);
  const { template, sub } = block[index % block.length] ?? { template: 0, sub: 0 };
  return { template, copy: Math.floor(index / block.length) * (tidyPerBlock + 1) + sub };
}

/** Where the thing made of this template and copy stands; `undefined`: there is none. */
export function indexOf(slice: Slice, template: number, copy: number): number | undefined {
  const kind = kinds[slice.kind];
  if (!slice.multiplied) return copy === 0 && template < slice.count ? template : undefined;
  const block = blockOf(kind);
  const sub = copy % (tidyPerBlock + 1);
  const at = block.findIndex((entry) => entry.template === template && entry.sub === sub);
  const index = Math.floor(copy / (tidyPerBlock + 1)) * block.length + at;
  return at >= 0 && index < slice.count ? index : undefined;
}

type Counted = Pick<Slice, "kind" | "region" | "count">;

/** Spreads a number over kinds by the size of their blocks, so that what belongs together is there together. */
function spread(names: readonly KindName[], region: string, amount: number): Counted[] {
  const sizes = names.map((name) => blockOf(kinds[name]).length);
  const size = sizes.reduce((sum, one) => sum + one, 0);
  let before = 0;
  return names.map((kind, at) => {
    const from = Math.floor((amount * before) / size);
    before += sizes[at] ?? 0;
    return { kind, region, count: Math.floor((amount * before) / size) - from };
  });
}

const keysIn = (users: Slice): number => {
  let keys = 0;
  for (let index = 0; index < users.count; index += 1) keys += keysOfUser[placeOf(users, index).template]?.length ?? 0;
  return keys;
};

const userSlice = (count: number, multiplied: boolean): Slice => ({
  kind: "user",
  region: "",
  count,
  base: 0,
  multiplied,
});

/** Every recorded thing at home, the first third of them elsewhere. */
function recordedSet(regions: readonly string[]): Counted[] {
  const regional = [...ec2Kinds, ...otherRegional];
  const part = (kind: KindName, region: string) => {
    const all = kinds[kind].templates.length;
    return { kind, region, count: region === HOME_REGION ? all : Math.ceil(all / 3) };
  };
  const global = (["bucket", "user", "serverCertificate"] as const).map((kind) => ({
    kind,
    region: "",
    count: kinds[kind].templates.length,
  }));
  return [...regions.flatMap((region) => regional.map((kind) => part(kind, region))), ...global];
}

/** Exactly so many resources, over kinds and regions. */
function multipliedSet(regions: readonly string[], resources: number): Counted[] {
  const left = Math.max(0, resources - singlesIn(regions));
  const serverCertificates = Math.min(left, kinds.serverCertificate.templates.length);
  const buckets = Math.floor(left * shares.bucket);
  const iamMax = Math.floor(left * shares.iam);
  let users = 0;
  let iam = 0;
  while (iam < iamMax) {
    const cost = 1 + (keysOfUser[placeOf(userSlice(0, true), users).template]?.length ?? 0);
    if (iam + cost > iamMax) break;
    users += 1;
    iam += cost;
  }
  const other = Math.floor(left * shares.other);
  const ec2 = Math.max(0, left - serverCertificates - buckets - iam - other);
  const share = (amount: number, at: number) =>
    Math.floor((amount * (at + 1)) / regions.length) - Math.floor((amount * at) / regions.length);
  return [
    ...regions.flatMap((region, at) => [
      ...spread(ec2Kinds, region, share(ec2, at)),
      ...spread(otherRegional, region, share(other, at)),
    ]),
    { kind: "bucket", region: "", count: buckets },
    { kind: "user", region: "", count: users },
    { kind: "serverCertificate", region: "", count: serverCertificates },
  ];
}

const showsGeneration = (kind: KindName): boolean => kinds[kind].tagged || kind === "bucket";

/** What there is; absent `resources` means the recorded set. */
export function inventoryOf(
  regions: readonly string[],
  resources: number | undefined,
  things: Readonly<Record<string, number>> = {},
): Inventory {
  const multiplied = resources !== undefined;
  const counted = multiplied ? multipliedSet(regions, resources) : recordedSet(regions);
  const slices = new Map<string, Slice>();
  let changeable = 0;
  let total = singlesIn(regions) + countThings(things, regions.length);
  for (const one of counted) {
    const slice = { ...one, base: changeable, multiplied };
    slices.set(`${one.kind} ${one.region}`, slice);
    if (showsGeneration(one.kind)) changeable += one.count;
    total += one.count + (one.kind === "user" ? keysIn(slice) : 0);
  }
  return { slices, total, changeable };
}

/** The generation in which the thing at this place was last changed; 0: in none. */
export function revisionOf({ changeable, total }: Inventory, place: number, generation: number, share: number): number {
  const changed = Math.min(changeable, Math.round(total * share));
  if (changeable === 0 || changed === 0) return 0;
  // Each generation takes evenly spread places, beginning somewhere else.
  const stride = Math.floor(changeable * 0.618) + 1;
  for (let at = generation; at > 0; at -= 1) {
    const turned = (place + at * stride) % changeable;
    if (Math.floor(((turned + 1) * changed) / changeable) > Math.floor((turned * changed) / changeable)) return at;
  }
  return 0;
}
