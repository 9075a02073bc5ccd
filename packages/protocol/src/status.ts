/** What can come of collecting a section. "Nothing there" and "could not look" are never the same. */
import { z } from "zod";

export const statuses = [
  /** Collected. */
  "ok",
  /** Looked, and there is nothing. */
  "none",
  /** The system did not let the agent look. */
  "denied",
  /** A program that would tell is not installed. */
  "tool-missing",
  /** This platform has no way to tell. */
  "unsupported",
  /** The person or organisation did not grant the category. Deletes what the server has. */
  "not-consented",
  "failed",
  "timed-out",
] as const;
export type Status = (typeof statuses)[number];
export const statusSchema = z.enum(statuses);

/** Whether a status comes with a document (`ok`), removes the last one, or leaves it as it was. */
export function documentAfter(status: Status): "replaced" | "removed" | "kept" {
  if (status === "ok") return "replaced";
  return status === "none" || status === "not-consented" ? "removed" : "kept";
}
