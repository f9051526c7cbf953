import { DEMO_ACCOUNT_ID } from "./demo.ts";
import { HOME_REGION, regionNumber } from "./regions.ts";

/** The emulator's clock when the recordings were made: every recorded date stands relative to it. */
const RECORDED_AT = Date.parse("2026-11-21T08:00:00Z");

/** Where a fragment is presented: which copy of it, in which account and region. */
export interface Spot {
  readonly awsAccountId: string;
  readonly region: string;
  /** 0: as recorded. */
  readonly copy: number;
  /** The date recorded dates become relative to, ms since 1970. */
  readonly epoch: number;
  /** The same for the dates that move on while nothing changes: last used, latest restorable. */
  readonly now: number;
  /** The generation the thing was last changed in; 0: never. */
  readonly revision: number;
  /** Differs between accounts; 0 for the demo account, which keeps its recorded ids. */
  readonly salt: number;
  /** Nine hexadecimal digits of the region and the copy; "" where ids are as recorded. */
  readonly tail: string;
}

type Fill = (spot: Spot) => string;
export type Template = readonly (string | Fill)[];

const salts = new Map<string, number>();

function saltOf(awsAccountId: string): number {
  if (awsAccountId === DEMO_ACCOUNT_ID) return 0;
  const salt = salts.get(awsAccountId) ?? Number((BigInt(awsAccountId) * 2_654_435_761n) % 4_294_967_296n);
  salts.set(awsAccountId, salt);
  return salt;
}

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, "0");

/** A spot, with what its ids are made of. */
export function spotAt(spot: Omit<Spot, "salt" | "tail">): Spot {
  const number = regionNumber(spot.region);
  const tail = spot.copy === 0 && number === 0 ? "" : hex(number, 2) + hex(spot.copy, 7);
  return { ...spot, salt: saltOf(spot.awsAccountId), tail };
}

/** Hexadecimal digits for a thing: the first eight say which it is, the last nine which region and copy. */
function hexId(digits: string, { salt, tail }: Spot): string {
  const head = salt === 0 ? digits.slice(0, 8) : hex((Number.parseInt(digits.slice(0, 8), 16) ^ salt) >>> 0, 8);
  return head + (tail === "" ? digits.slice(8) : tail.padStart(digits.length - 8, "0"));
}

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The last four digits of a number. */
const letters = (number: number): string =>
  [15, 10, 5, 0].map((shift) => base32[(number >>> shift) & 31] ?? "").join("");

/** `AKIA…`, `AIDA…`: the first characters say the kind, account and copy, the last which it is. */
const iamId = (id: string, { salt, copy }: Spot): string =>
  salt === 0 && copy === 0 ? id : id.slice(0, 4) + letters(salt >>> 12) + letters(copy) + id.slice(12);

function publicIp(address: string, { region, copy }: Spot): string {
  if (copy === 0 && region === HOME_REGION) return address;
  const [, b = 0, c = 0, d = 0] = address.split(".").map(Number);
  const moved = b * 65_536 + c * 256 + d + regionNumber(region) * 1_000_003 + copy * 37;
  return `52.${(moved >> 16) & 255}.${(moved >> 8) & 255}.${moved & 255}`;
}

/** A recorded name with the number of the copy behind it. */
export const named = (name: string, copy: number): string => (copy === 0 ? name : `${name}-${copy}`);

/** What was used lately goes on being used, up to the account's now; what was not stays unused since then. */
export const usedLately = (recorded: number): boolean => RECORDED_AT - recorded < 40 * 24 * 3_600_000;

/** A recorded time at its distance from the account's epoch, ms since 1970. */
export const shifted = (recorded: number, epoch: number): number => recorded - RECORDED_AT + epoch;

const written = new Map<string, string>();

/** Dates are few and stand on every page: each is written once. */
function date(recorded: string, epoch: number): string {
  const key = `${epoch} ${recorded}`;
  const known = written.get(key);
  if (known !== undefined) return known;
  const spaced = recorded.includes(" ");
  const at = new Date(
    shifted(Date.parse(spaced ? recorded.replace(" ", "T").replace(/ (UTC|GMT)$/, "Z") : recorded), epoch),
  );
  const iso = at.toISOString();
  // moto says UTC where EC2 says GMT.
  const text = spaced
    ? `${iso.slice(0, 19).replace("T", " ")} GMT`
    : recorded.includes(".")
      ? iso
      : iso.replace(".000Z", "Z");
  written.set(key, text);
  return text;
}

const revisionTag = (upper: boolean, { revision }: Spot): string => {
  if (revision === 0) return "";
  return upper
    ? `<Tag><Key>revision</Key><Value>${revision}</Value></Tag>`
    : `<item><key>revision</key><value>${revision}</value></item>`;
};

const tokens = new RegExp(
  [
    String.raw`(?<hex>(?<=\b[a-z]{1,8}(?:-[a-z]{5,6})?-)[0-9a-f]{17}\b)`,
    String.raw`(?<uuid>(?<=:certificate\/)[0-9a-f-]{36})`,
    String.raw`(?<moving>(?<=<(?:PasswordLastUsed|LatestRestorableTime)>)[^<]+)`,
    String.raw`(?<date>\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?Z| \d\d:\d\d:\d\d (?:UTC|GMT)))`,
    String.raw`(?<unix>(?<="(?:ImportedAt|CreatedAt|IssuedAt|NotBefore|NotAfter)": ?)\d{10})`,
    String.raw`(?<account>${DEMO_ACCOUNT_ID})`,
    String.raw`(?<region>${HOME_REGION})`,
    String.raw`(?<ip>(?<=<(?:publicIp|ipAddress)>)[\d.]+)`,
    String.raw`(?<iam>\bA(?:KIA|IDA|SCA)[A-Z0-9]{16,17}\b)`,
    String.raw`(?<name>(?<=<(?:DBInstanceIdentifier|DBSnapshotIdentifier|UserName|ServerCertificateName)>)[^<]+)`,
    String.raw`(?<arnName>(?<=:(?:db|snapshot|user|mfa|server-certificate)[:\/])[^<]+)`,
    String.raw`(?<host>(?<=<Address>)[^.<]+)`,
    String.raw`(?<nameTag>(?<=<[kK]ey>Name<\/[kK]ey><[vV]alue>)[^<]+)`,
    String.raw`(?<tags>\{\{tags\}\})`,
    String.raw`(?<upperTags>\{\{Tags\}\})`,
  ].join("|"),
  "g",
);

const fills: Readonly<Record<string, (text: string) => Fill>> = {
  hex: (text) => (spot) => hexId(text, spot),
  uuid: (text) => (spot) => {
    const id = hexId(text.replaceAll("-", ""), spot);
    return `${id.slice(0, 8)}-${id.slice(8, 12)}-4${id.slice(13, 16)}-a${id.slice(17, 20)}-${id.slice(20)}`;
  },
  date: (text) => (spot) => date(text, spot.epoch),
  moving: (text) => (spot) => date(text, usedLately(Date.parse(text)) ? spot.now : spot.epoch),
  unix: (text) => (spot) => String(Math.round(shifted(Number(text) * 1000, spot.epoch) / 1000)),
  account: () => (spot) => spot.awsAccountId,
  region: () => (spot) => spot.region,
  ip: (text) => (spot) => publicIp(text, spot),
  iam: (text) => (spot) => iamId(text, spot),
  name: (text) => (spot) => named(text, spot.copy),
  arnName: (text) => (spot) => named(text, spot.copy),
  host: (text) => (spot) => named(text, spot.copy),
  nameTag: (text) => (spot) => named(text, spot.copy),
  tags: () => (spot) => revisionTag(false, spot),
  upperTags: () => (spot) => revisionTag(true, spot),
};

/** Takes a recorded fragment apart into what stays and what every copy has of its own. */
export function compile(fragment: string): Template {
  const parts: (string | Fill)[] = [];
  let from = 0;
  for (const match of fragment.matchAll(tokens)) {
    const [kind, text] = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined) ?? [];
    const fill = kind === undefined ? undefined : fills[kind];
    if (!fill || text === undefined) continue;
    parts.push(fragment.slice(from, match.index), fill(text));
    from = match.index + text.length;
  }
  return [...parts, fragment.slice(from)];
}

/** The fragment as it is at a spot. */
export function render(template: Template, spot: Spot): string {
  let text = "";
  for (const part of template) text += typeof part === "string" ? part : part(spot);
  return text;
}
