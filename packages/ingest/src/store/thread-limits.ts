/**
 * What V8 may take for young objects in each thread beside the main one, MiB: three semi-spaces of 8. By itself it takes
 * as much as four times that in every thread, and costs no less processor time (docs/benchmarks.md, inventories).
 */
export const threadLimits = { maxYoungGenerationSizeMb: 24 } as const;
