import { endpoint, list, none, one } from "#http/endpoint";
import { changeSchedule, replaceSchedule } from "./change.ts";
import { createSchedule } from "./create.ts";
import { deleteSchedule } from "./delete.ts";
import { listSchedules, scheduleSort } from "./list.ts";
import { previewSchedule } from "./preview.ts";
import { getSchedule, type Schedule } from "./schedule.ts";
import {
  NewSchedule,
  previewBody,
  PreviewBody,
  PreviewSchedule,
  scheduleBody,
  ScheduleBody,
  SchedulePatch,
  SchedulePath,
  ScheduleQuery,
} from "./shapes.ts";

const tag = "Schedules";
const read = { tag, scope: "schedules:read", role: "viewer" } as const;
const write = { tag, scope: "schedules:write", role: "editor" } as const;
const schedule = one(ScheduleBody, scheduleBody, ({ version }: Schedule) => version, { moving: true });

export const endpoints = [
  endpoint(
    {
      ...read,
      method: "get",
      path: "/schedules",
      operationId: "listSchedules",
      summary: "List the schedules, the newest first",
      query: ScheduleQuery,
      sort: scheduleSort,
      reply: list(ScheduleBody, scheduleBody),
      faults: ["INVALID_REQUEST", "INVALID_CURSOR"],
    },
    ({ org, page, query }) => listSchedules(org, page, query),
  ),
  endpoint(
    {
      ...write,
      method: "post",
      path: "/schedules",
      operationId: "createSchedule",
      summary: "Make a schedule",
      description:
        "Each tick starts one run, of the accounts that are not disabled and not being scanned; the others are named in `lastRun.skipped`. Of " +
        "ticks that were missed one is made up for, within the window. A local time that the clock leaps over is left out, and one that " +
        "comes twice is taken twice; but where hours and minutes are listed (no `*`, no step) the first runs when the clock has " +
        "leapt, and the second the first time only. 100 schedules at most.",
      body: NewSchedule,
      status: 201,
      reply: schedule,
      location: ({ id }) => `/schedules/${id}`,
      faults: ["INVALID_REQUEST", "CONFLICT"],
    },
    ({ org, body }) => createSchedule(org, body),
  ),
  endpoint(
    {
      ...read,
      method: "post",
      path: "/schedules/preview",
      operationId: "previewSchedule",
      summary: "Say when a schedule would run next",
      body: PreviewSchedule,
      reply: one(PreviewBody, previewBody),
      faults: ["INVALID_REQUEST"],
    },
    async ({ org, body }) => previewSchedule(org, body),
  ),
  endpoint(
    {
      ...read,
      method: "get",
      path: "/schedules/{id}",
      operationId: "getSchedule",
      summary: "Get one schedule",
      params: SchedulePath,
      reply: schedule,
      faults: ["RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => getSchedule(org, params.id),
  ),
  endpoint(
    {
      ...write,
      method: "put",
      path: "/schedules/{id}",
      operationId: "replaceSchedule",
      summary: "Replace a schedule",
      params: SchedulePath,
      body: NewSchedule,
      reply: schedule,
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "CONFLICT"],
    },
    ({ org, params, body, ifMatch }) => replaceSchedule(org, { ...params, ifMatch }, body),
  ),
  endpoint(
    {
      ...write,
      method: "patch",
      path: "/schedules/{id}",
      operationId: "changeSchedule",
      summary: "Change a schedule by merge patch (RFC 7396); null restores a default",
      params: SchedulePath,
      body: SchedulePatch,
      reply: schedule,
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "CONFLICT"],
    },
    ({ org, params, body, ifMatch }) => changeSchedule(org, { ...params, ifMatch }, body),
  ),
  endpoint(
    {
      ...write,
      method: "delete",
      path: "/schedules/{id}",
      operationId: "deleteSchedule",
      summary: "Delete a schedule; the runs it started stay",
      role: "admin",
      params: SchedulePath,
      status: 204,
      reply: none,
      faults: ["RESOURCE_NOT_FOUND", "PRECONDITION_FAILED"],
    },
    ({ org, params, ifMatch }) => deleteSchedule(org, { ...params, ifMatch }),
  ),
];
