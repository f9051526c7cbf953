import { api } from "../../support/api.ts";
import type { TestOrg } from "../../support/org.ts";
import type { Samples } from "../../support/samples.ts";

export const scheduleBody = { name: "Nightly", cron: "30 2 * * *", timeZone: "Europe/Berlin" };

const aSchedule = async (org: TestOrg): Promise<{ id: string }> => {
  const made = await api(org.keys.admin).post<{ data: { id: string } }>("/schedules", scheduleBody);
  return { id: made.body.data.id };
};

export const samples: Samples = {
  listSchedules: {},
  createSchedule: { body: scheduleBody },
  previewSchedule: { body: { cron: "@daily", window: { from: "22:00", to: "06:00" } } },
  getSchedule: { params: aSchedule },
  replaceSchedule: { params: aSchedule, body: scheduleBody },
  changeSchedule: { params: aSchedule, body: { enabled: false } },
  deleteSchedule: { params: aSchedule },
};
