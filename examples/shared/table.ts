/** Rows of text under a head, and what follows from them. */
export interface Table {
  readonly head: readonly string[];
  readonly body: readonly (readonly string[])[];
  readonly foot: readonly (readonly string[])[];
}

/** A table in columns of text, for a terminal. */
export function textOf({ head, body, foot }: Table): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...body, ...foot].map((row) => row[column]?.length ?? 0)),
  );
  const pad = (cell: string, column: number) =>
    column ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!);
  const line = (row: readonly string[]) => row.map(pad).join('   ');
  const rule = widths.map((width) => '-'.repeat(width)).join('---');
  return [line(head), rule, ...body.map(line), rule, ...foot.map(line)].join('\n');
}
