import { lastPart, type Account } from "./accounts.ts";
import { placeOf, revisionOf, type Slice } from "./inventory.ts";
import { kinds, type KindName } from "./kinds.ts";
import { render, spotAt, type Spot } from "./templates.ts";

/** The things of a kind in a region; IAM and S3 have none. */
export const sliceOf = ({ inventory }: Account, kind: KindName, region = ""): Slice =>
  inventory.slices.get(`${kind} ${region}`) ?? { kind, region, count: 0, base: 0, multiplied: false };

/** Where the thing at an index stands. */
export function spotOf(account: Account, slice: Slice, index: number): Spot {
  const { generation, changedShare, epoch } = account.settings;
  return spotAt({
    awsAccountId: account.id,
    region: slice.region,
    copy: placeOf(slice, index).copy,
    epoch: Date.parse(epoch),
    now: nowOf(account),
    revision: generation === 0 ? 0 : revisionOf(account.inventory, slice.base + index, generation, changedShare),
  });
}

/** Sets elements of a fragment, the first of each name: `{ status: "in-use" }`. */
function overridden(fragment: string, elements: Readonly<Record<string, string>>): string {
  let text = fragment;
  for (const [name, value] of Object.entries(elements)) {
    text = text.replace(new RegExp(`<${name}>[^<]*<`), () => `<${name}>${value}<`);
  }
  return text;
}

export interface Presented {
  readonly index: number;
  readonly template: number;
  readonly spot: Spot;
  readonly fragment: string;
  readonly id: string;
}

/** One thing, also a hidden one; `undefined` past the end. */
export function presentOne(account: Account, slice: Slice, index: number): Presented | undefined {
  if (index < 0 || index >= slice.count) return undefined;
  const kind = kinds[slice.kind];
  const spot = spotOf(account, slice, index);
  const { template } = placeOf(slice, index);
  const rendered = render(kind.templates[template] ?? [], spot);
  const id = kind.idOf(rendered);
  const override = account.settings.overrides[id];
  return { index, template, spot, fragment: override ? overridden(rendered, override) : rendered, id };
}

export const isHidden = (account: Account, id: string): boolean => account.hidden.has(lastPart(id));

/** The things from one index up to another, without the hidden ones. */
export function present(
  account: Account,
  slice: Slice,
  { from, to }: { from: number; to: number },
): readonly Presented[] {
  const all: Presented[] = [];
  for (let index = from; index < to; index += 1) {
    const one = presentOne(account, slice, index);
    if (one && !isHidden(account, one.id)) all.push(one);
  }
  return all;
}

/** The moment last-used dates lie before: the account's `now`, else the full hour of the real clock. */
export const nowOf = ({ settings }: Account): number =>
  settings.now === undefined ? Math.floor(Date.now() / 3_600_000) * 3_600_000 : Date.parse(settings.now);
