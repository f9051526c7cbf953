/** A time zone: what must be added to UTC, and when that changes. All times are milliseconds. */
export interface Zone {
  /** IANA's. */
  readonly name: string;
  /** Local time minus UTC at a moment. */
  offsetAt(at: number): number;
}

const zones = new Map<string, Zone>();

/** A zone by its IANA name; null: there is none. Names begin with a letter: `+01:00` is none. */
export function zoneOf(name: string): Zone | null {
  const known = zones.get(name);
  if (known) return known;
  if (!/^[A-Za-z]/.test(name)) return null;
  try {
    const format = new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" });
    const zone = { name, offsetAt: (at: number) => offsetIn(format.format(at)) };
    zones.set(name, zone);
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
