/** Every collector. Written by `npm run generate` from the folder's contents. */
import { collector as memory } from "./memory.ts";

export const collectors = [
  memory,
] as const;
