import { z } from "@hono/zod-openapi";
import { Uuid } from "#http/shapes";
import type { NewTicket } from "./create-ticket.ts";

export const CreateTicket = z
  .strictObject({
    scanId: Uuid.optional().openapi({ description: "For this scan's socket only; without it for all scans." }),
  })
  .openapi("CreateTicket", { example: {} });

export const TicketBody = z
  .object({
    ticket: z.string().openapi({ description: "For one socket or stream, once." }),
    expiresAt: z.iso.datetime().openapi({ description: "It must be used within 30 seconds." }),
    url: z.url().openapi({ description: "Where to open the socket: the ticket is in it." }),
  })
  .openapi("Ticket", {
    example: {
      ticket: "cg_ticket_019aa5d26b1c7c439a7e1f2d3c4b5a69_3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      expiresAt: "2026-03-13T08:00:30.000Z",
      url: "wss://cloudglass.example/api/v1/ws?ticket=cg_ticket_019aa5d26b1c7c439a7e1f2d3c4b5a69_3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    },
  });

/** `origin` is the deployment's; a page served by https opens sockets by wss. */
export const ticketBody = ({ ticket, scanId, expiresAt, origin }: NewTicket & { readonly origin: string }) => ({
  ticket,
  expiresAt,
  url: `${origin.replace(/^http/, "ws")}/api/v1${scanId === null ? "" : `/scans/${scanId}`}/ws?ticket=${ticket}`,
});

export const EventQuery = z.object({
  scanId: z.uuid().optional().openapi({ description: "Only this scan's." }),
  lastEventId: z.string().optional().openapi({
    description: "The `eventId` of the last frame you have, where the header Last-Event-ID cannot be sent.",
    example: "812",
  }),
  ticket: z.string().optional().openapi({ description: "Instead of a key in a header." }),
  token: z.string().optional().openapi({ description: "The same as `ticket`." }),
});

export const EventText = z.string().openapi({
  example: 'id: 813\nevent: progress\ndata: {"type":"progress","scanId":"…","percent":42,"seq":7,"eventId":813}\n\n',
});
