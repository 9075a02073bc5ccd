/**
 * The closed lists that consent speaks of: categories, purposes, bases and ownership, with each category's
 * retention. A section names one category; everything that depends on consent starts from this table.
 */

/** What collected data may be used for. A grant names at least one. */
export const purposes = ["inventory", "security", "support", "trends"] as const;
export type Purpose = (typeof purposes)[number];

/** Why a category may be processed. What cannot be refused never has the basis `consent`. */
export const bases = ["consent", "contract", "legitimate-interest", "duty"] as const;
export type Basis = (typeof bases)[number];

/** Whose device it is, decided by the enrolment token. */
export const ownerships = ["organisation", "personal"] as const;
export type Ownership = (typeof ownerships)[number];

/** How fine a location may be, from coarse to fine. */
export const locationLevels = ["country", "region", "city", "district", "precise"] as const;
export type LocationLevel = (typeof locationLevels)[number];

export interface CategoryDefinition {
  readonly title: string;
  /** What falls under it, in words for the person whose device it is. */
  readonly holds: string;
  /** Days that superseded versions (history) are kept; the current state stays as long as the device. */
  readonly retentionDays: number;
  /** The basis on which an organisation's own device sends it without asking, or null when it has to be asked for. */
  readonly organisationBasis: Exclude<Basis, "consent"> | null;
  /** The basis on which a personal device sends it without asking. */
  readonly personalBasis: Exclude<Basis, "consent"> | null;
  /** The levels a grant can choose from, and the one taken when none is said. */
  readonly levels?: readonly LocationLevel[];
}

export const categories = {
  essential: {
    title: "Essential",
    holds:
      "Application numbers and versions, type and version of the operating system, version of the agent.",
    retentionDays: 400,
    organisationBasis: "contract",
    personalBasis: "contract",
  },
  hardware: {
    title: "Hardware",
    holds: "Maker, model, serial numbers and parts of the machine.",
    retentionDays: 400,
    organisationBasis: "legitimate-interest",
    personalBasis: null,
  },
  system: {
    title: "System",
    holds: "The operating system in detail, the host name, services and security state.",
    retentionDays: 400,
    organisationBasis: "legitimate-interest",
    personalBasis: null,
  },
  software: {
    title: "Software",
    holds: "Programs installed for everybody on the machine.",
    retentionDays: 400,
    organisationBasis: "legitimate-interest",
    personalBasis: null,
  },
  "personal-software": {
    title: "Personal software",
    holds: "Programs and extensions in a person's home.",
    retentionDays: 30,
    organisationBasis: null,
    personalBasis: null,
  },
  network: {
    title: "Network",
    holds: "Network interfaces and their addresses.",
    retentionDays: 90,
    organisationBasis: "legitimate-interest",
    personalBasis: null,
  },
  people: {
    title: "People",
    holds: "User accounts and who is logged in.",
    retentionDays: 30,
    organisationBasis: null,
    personalBasis: null,
  },
  location: {
    title: "Location",
    holds: "Where the device is, as coarse as the chosen level.",
    retentionDays: 30,
    organisationBasis: "legitimate-interest",
    personalBasis: null,
    levels: locationLevels,
  },
  nearby: {
    title: "Nearby",
    holds: "Other devices in reach: access points, Bluetooth, neighbours on the network.",
    retentionDays: 7,
    organisationBasis: null,
    personalBasis: null,
  },
  diagnostics: {
    title: "Diagnostics",
    holds: "Crashes and measurements of the agent and the machine.",
    retentionDays: 90,
    organisationBasis: "legitimate-interest",
    personalBasis: null,
  },
  updates: {
    title: "Updates",
    holds: "Which updates were offered and installed.",
    retentionDays: 400,
    organisationBasis: "legitimate-interest",
    personalBasis: null,
  },
  actions: {
    title: "Actions",
    holds: "Which actions were run on the device and their results.",
    retentionDays: 400,
    organisationBasis: null,
    personalBasis: null,
  },
} as const satisfies Record<string, CategoryDefinition>;

export type Category = keyof typeof categories;

export const categoryNames: readonly Category[] = Object.keys(categories).filter(isCategory);

export function isCategory(name: string): name is Category {
  return Object.hasOwn(categories, name);
}

/** The definition of a category in its wide type, so that optional members can be asked for. */
export function categoryDefinition(name: Category): CategoryDefinition {
  return categories[name];
}

/** The basis on which a device of this ownership sends a category unasked, or null. */
export function basisWithoutAsking(name: Category, ownership: Ownership): Exclude<Basis, "consent"> | null {
  const definition = categoryDefinition(name);
  return ownership === "organisation" ? definition.organisationBasis : definition.personalBasis;
}
