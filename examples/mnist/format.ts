/** 0.98765 as `98.77 %`. */
export const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

export const milliseconds = (ms: number) => `${ms.toFixed(ms < 10 ? 2 : 1)} ms`;

/** Epochs are whole, or stopped within one: `3`, `1.25`. */
export const epochs = (epoch: number) => String(Number(epoch.toFixed(2)));
