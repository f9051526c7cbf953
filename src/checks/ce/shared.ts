import { dayMs } from "#checks/days";
import type { DailyCost } from "#collectors/ce/costs";

/** What counts as far above the usual. */
export interface Limits {
  /** So many times the usual spread. */
  readonly k: number;
  /** This share of what is usual. */
  readonly minPct: number;
  /** This amount. */
  readonly minUsd: number;
  /** So many days before the one judged are looked at. */
  readonly windowDays: number;
  /** Fewer known days than this say nothing. */
  readonly minDays: number;
}

/** A day that cost more than any view of the days before explains. */
export interface Excess {
  readonly day: string;
  readonly amount: number;
  /** What was to be expected, never below 0. */
  readonly usual: number;
}

/** 0 of no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
}

/**
 * How far values lie from their median, as a standard deviation would say it: from the median of the distances, or from their
 * mean where that is more, because spending on fewer than half of the days has a median distance of 0. The greatest distances,
 * one in 14 and at least one, are left out of the mean, so that one day out of line does not hide the next.
 */
export function spread(values: readonly number[]): number {
  const middle = median(values);
  const distances = values.map((value) => Math.abs(value - middle)).toSorted((a, b) => a - b);
  const kept = distances.slice(0, distances.length - Math.max(1, Math.floor(distances.length / 14)));
  const mean = kept.length === 0 ? 0 : kept.reduce((sum, one) => sum + one, 0) / kept.length;
  return Math.max(1.4826 * median(distances), 1.2533 * mean);
}

type Amounts = ReadonlyMap<string, number>;

export const amountsOf = (days: readonly DailyCost[]): Amounts => new Map(days.map(({ day, amount }) => [day, amount]));

/** The days of some series, added up. */
export function together(all: readonly Amounts[]): Amounts {
  const sum = new Map<string, number>();
  for (const [day, amount] of all.flatMap((one) => [...one])) sum.set(day, (sum.get(day) ?? 0) + amount);
  return sum;
}

const shifted = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10);

/** The same day of the month before; the last one where that is shorter. */
export function monthBefore(day: string): string {
  const [year = 0, month = 0, date = 0] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month - 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 2, Math.min(date, last))).toISOString().slice(0, 10);
}

/** Charges by the month are booked on its first days. */
const bookingDays = 2;
const sameWeekdaysMin = 3;

/**
 * What a day costs more than is usual; null: it is in line; `undefined`: too little is known of the days before. It is held
 * against the days before it, the same weekdays, and the same days of the month before, and has to stand out from all.
 */
export function excessOf(amounts: Amounts, day: string, limits: Limits): Excess | null | undefined {
  const known = (days: readonly number[]): number[] => days.flatMap((back) => amounts.get(shifted(day, -back)) ?? []);
  const amount = amounts.get(day);
  const window = known(upTo(limits.windowDays, 1));
  const month = [-1, 0, 1].flatMap((days) => amounts.get(shifted(monthBefore(day), days)) ?? []);
  const isBookingDay = Number(day.slice(8)) <= bookingDays;
  if (amount === undefined || window.length < limits.minDays || (isBookingDay && month.length === 0)) return undefined;
  const weekdays = known(upTo(maxWeeks, 7));
  const views = [
    { usual: median(window), varies: spread(window) },
    ...(weekdays.length < sameWeekdaysMin ? [] : [{ usual: median(weekdays), varies: spread(weekdays) }]),
    ...(month.length === 0 ? [] : [{ usual: Math.max(...month), varies: 0 }]),
  ].map(({ usual, varies }) => ({ usual: Math.max(0, usual), varies }));
  const { k, minPct, minUsd } = limits;
  const isFar = views.every(({ usual, varies }) => amount - usual > Math.max(k * varies, minPct * usual, minUsd));
  return isFar ? { day, amount, usual: Math.max(...views.map(({ usual }) => usual)) } : null;
}

const maxWeeks = 8;
/** `step`, 2 × `step`, … */
const upTo = (times: number, step: number): number[] => Array.from({ length: times }, (_, index) => (index + 1) * step);
