/**
 * Section `location`: the cell of a fixed grid that the device rests in, no finer than its level. At `country` it is
 * empty: the server knows the country from the address.
 */
import { choice, coordinate, instant, quantity, text } from "../fields.ts";
import { defineSection } from "../section.ts";

/** What told it; `fixed` is the word of the device's owner. */
export const locationSources = ["gpsd", "modem", "wifi", "cells", "fixed"] as const;

export const definition = defineSection({
  name: "location",
  title: "Location",
  schema: 1,
  category: "location",
  purposes: ["inventory", "security", "support"],
  sources: {
    linux: [
      "rollcall-agent location set",
      "127.0.0.1:2947",
      "/usr/bin/mmcli",
      "/sys/class/net",
      "/usr/sbin/iw",
      "/sbin/iw",
      "/usr/bin/nmcli",
      "POST /v1/geolocate of the service that the grant names",
    ],
    darwin: ["rollcall-agent location set"],
    win32: ["rollcall-agent location set"],
  },
  fields: {
    cell: text(15, {
      is: "Cell of the H3 grid, no finer than the level chosen.",
      sensitivity: "sensitive",
      locates: "cell",
    }),
    resolution: quantity({
      is: "Resolution of the cell.",
      sensitivity: "plain",
      unit: "count",
      max: 15,
    }),
    accuracyMetres: quantity({
      is: "How far the device may be from the middle of the cell, by the cell's size.",
      sensitivity: "plain",
      unit: "metres",
      max: 2_000_000,
    }),
    latitude: coordinate(90, {
      is: "Middle of the cell, degrees north; at level precise only.",
      sensitivity: "sensitive",
      locates: "always",
    }),
    longitude: coordinate(180, {
      is: "Middle of the cell, degrees east; at level precise only.",
      sensitivity: "sensitive",
      locates: "always",
    }),
    source: choice(locationSources, { is: "What told it.", sensitivity: "plain" }),
    at: instant({ is: "Hour in which this cell was first told.", sensitivity: "plain" }),
  },
});
