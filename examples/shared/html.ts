import type { Table } from './table';

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** A table as HTML; rows that are too short are filled. */
export function htmlTable({ head, body, foot }: Table): string {
  const line = (row: readonly string[], tag = 'td') =>
    `<tr>${head.map((_, i) => (i ? `<${tag}>${escapeHtml(row[i] ?? '')}</${tag}>` : `<th>${escapeHtml(row[i]!)}</th>`)).join('')}</tr>`;
  const lines = (rows: readonly (readonly string[])[]) => rows.map((row) => line(row)).join('\n');
  return `<table>
<thead>${line(head, 'th')}</thead>
<tbody>${lines(body)}</tbody>
<tfoot>${lines(foot)}</tfoot>
</table>`;
}
