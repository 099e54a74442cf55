// What numbers take in memory.

export const floatBytes = 4;
export const doubleBytes = 8;
/** A vector: four floats, or two doubles. */
export const quadBytes = 16;
