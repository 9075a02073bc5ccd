/** Lengths of time in the unit of the server's clock. */

export const day = 86_400_000;
