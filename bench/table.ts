/** Tables in Markdown, padded so that they read well in a terminal and stay as the formatter would write them. */

export interface Column {
  readonly heading: string;
  /** Where the cells stand: default left. Figures stand right. */
  readonly side?: 'left' | 'right';
}

export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ heading }, index) =>
    Math.max(3, heading.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const renderRow = (cells: readonly string[]): string => `| ${columns.map(pad(cells, widths)).join(' | ')} |`;
  const ruler = columns.map(({ side }, index) => {
    const width = widths[index] ?? 0;
    return side === 'right' ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width);
  });
  const heading = renderRow(columns.map((column) => column.heading));
  return [heading, `| ${ruler.join(' | ')} |`, ...rows.map(renderRow)].join('\n');
}

function pad(cells: readonly string[], widths: readonly number[]): (column: Column, index: number) => string {
  return ({ side }, index) => {
    const cell = cells[index] ?? '';
    const width = widths[index] ?? 0;
    return side === 'right' ? cell.padStart(width) : cell.padEnd(width);
  };
}
