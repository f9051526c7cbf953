/** A time zone: what must be added to UTC, and when that changes. All times are milliseconds. */
export interface Zone {
  /** IANA's, as the platform writes it. */
  readonly name: string;
  /** Local time minus UTC at a moment. */
  offsetAt(at: number): number;
}

/** By names in lower case: people write them as they like, and each holds tens of kilobytes for good. */
const zones = new Map<string, Zone>();

/** A zone by its IANA name, however that is capitalized; null: there is none. Names begin with a letter: `+01:00` is none. */
export function zoneOf(written: string): Zone | null {
  if (!/^[a-z][!-~]*$/i.test(written)) return null;
  const key = written.toLowerCase();
  const known = zones.get(key);
  if (known) return known;
  try {
    const format = new Intl.DateTimeFormat("en-US", { timeZone: written, timeZoneName: "longOffset" });
    const name = format.resolvedOptions().timeZone;
    const zone = zones.get(name.toLowerCase()) ?? { name, offsetAt: (at: number) => offsetIn(format.format(at)) };
    zones.set(name.toLowerCase(), zone).set(key, zone);
    return zone;
  } catch {
    return null;
  }
}

/** Throws RangeError for a zone that is not known. */
export function requireZone(name: string): Zone {
  const zone = zoneOf(name);
  if (!zone) throw new RangeError(`Unknown time zone ${name}`);
  return zone;
}

export const isTimeZone = (name: string): boolean => zoneOf(name) !== null;

/** `1/1/1970, GMT-03:30` */
function offsetIn(text: string): number {
  const [, sign, hours = "0", minutes = "0", seconds = "0"] = /([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(text) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
}
