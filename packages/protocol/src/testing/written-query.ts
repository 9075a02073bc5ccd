/** A query written out as text that is read as the same. */
import { type Condition, isJoined, isNegated, type Query } from "../query.ts";

export function written(query: Query): string {
  if (isJoined(query)) {
    const parts = query.parts.map((part) => (isJoined(part) ? `(${written(part)})` : written(part)));
    return parts.join(query.kind === "any" ? " OR " : " ");
  }
  if (!isNegated(query)) return writtenCondition(query);
  return isJoined(query.part) ? `-(${written(query.part)})` : `-${written(query.part)}`;
}

function writtenCondition(condition: Condition): string {
  switch (condition.kind) {
    case "word":
      return quoted(condition.text);
    case "text":
      return `${condition.field}:${quoted(condition.text)}`;
    case "like": {
      const value = `"${condition.pieces.map(escaped).join("*")}"`;
      return condition.field === null ? value : `${condition.field}:${value}`;
    }
    case "number":
      return `${condition.field}:${condition.comparison}${condition.number}`;
    case "version":
      return `${condition.field}:${quoted(condition.title)}${condition.comparison}${quoted(condition.version)}`;
    case "network":
      return `${condition.field}:${condition.network}`;
    case "time":
      return `${condition.field}:${condition.comparison}${new Date(condition.at).toISOString()}`;
  }
}

const quoted = (text: string): string => `"${escaped(text)}"`;
const escaped = (text: string): string => text.replaceAll(/["\\*]/g, "\\$&");
