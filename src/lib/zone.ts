const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** A time zone: what must be added to UTC, and when that changes. All times are milliseconds. */
export interface Zone {
  /** Local time minus UTC at a moment. */
  offsetAt(at: number): number;
}

/** How a zone's clock goes around one local day. */
export interface Turn {
  /** The offsets before and after. */
  readonly before: number;
  readonly after: number;
  /** The moment it changes; −∞ when it does not. */
  readonly at: number;
}

const zones = new Map<string, Zone>();

/** A zone by its IANA name; null: there is none. Names begin with a letter: `+01:00` is none. */
export function zoneOf(name: string): Zone | null {
  const known = zones.get(name);
  if (known) return known;
  if (!/^[A-Za-z]/.test(name)) return null;
  try {
    const format = new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" });
    const zone = { offsetAt: (at: number) => offsetIn(format.format(at)) };
    zones.set(name, zone);
    return zone;
  } catch {
    return null;
  }
}

/** `1/1/1970, GMT-03:30` */
function offsetIn(text: string): number {
  const [, sign, hours = "0", minutes = "0", seconds = "0"] = /([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(text) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
}

/** `day`: midnight that begins it, as if the zone were UTC. Zones lie between 15 hours behind and ahead of UTC, and turn once at most in two days. */
export function turnOf(zone: Zone, day: number): Turn {
  let from = day - 15 * hourMs;
  let to = day + dayMs + 15 * hourMs;
  const [before, after] = [zone.offsetAt(from), zone.offsetAt(to)];
  if (before === after) return { before, after, at: -Infinity };
  while (to - from > 1000) {
    const middle = from + Math.floor((to - from) / 2000) * 1000;
    if (zone.offsetAt(middle) === before) from = middle;
    else to = middle;
  }
  return { before, after, at: to };
}
