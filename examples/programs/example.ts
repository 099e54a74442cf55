/** How an example is run. */
export interface Settings {
  /** A fraction of the work: enough to see it right, as in the tests. */
  readonly short: boolean;
  /** Takes each line of output. */
  readonly say: (line: string) => void;
  /** Folder or file that some examples read or write. */
  readonly path?: string;
}
