import { endpoint, one, stream } from "#http/endpoint";
import { streamEvents } from "#http/events";
import { createTicket } from "./create-ticket.ts";
import { CreateTicket, EventQuery, EventText, ticketBody, TicketBody } from "./shapes.ts";

const listening = { tag: "Live", scope: "scans:read", role: "viewer" } as const;

export const endpoints = [
  endpoint(
    {
      ...listening,
      method: "post",
      path: "/ws/tickets",
      operationId: "createTicket",
      summary: "Get a ticket for one socket or stream",
      description:
        "For browsers, which cannot send a header with a socket: a ticket may stand in a URL (`?ticket=`), because it lets one " +
        "connection in, once, within 30 seconds, and is bound to the key that asked for it. Opens `/ws`, `/scans/{id}/ws` and `/events`.",
      body: CreateTicket,
      status: 201,
      reply: one(TicketBody, ticketBody),
      faults: ["RESOURCE_NOT_FOUND"],
    },
    async ({ org, body, origin }) => ({ ...(await createTicket(org, body.scanId ?? null)), origin }),
  ),
  endpoint(
    {
      ...listening,
      method: "get",
      path: "/events",
      operationId: "streamEvents",
      summary: "Follow scans and findings as Server-Sent Events",
      description:
        "The frames of the sockets for clients that cannot open one: `event` is a frame's type (`scan_error` of `error`), `data` the " +
        "frame, `id` what to come back with (Last-Event-ID) to be told what was missed: the last 1,000 frames are kept. Every 15 s there is " +
        "a comment. The key comes in a header, or a ticket in the URL. Each stream counts as one of the three sockets a key may have open.",
      query: EventQuery,
      reply: stream("text/event-stream", EventText),
      faults: ["RESOURCE_NOT_FOUND"],
      answer: streamEvents,
    },
    () => Promise.reject(new Error("It answers by itself")),
  ),
];
