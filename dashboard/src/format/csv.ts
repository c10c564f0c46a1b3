export interface CsvStyle {
  /** Whether a cell that a spreadsheet would run as a formula is made text by an apostrophe before it. */
  readonly escapeFormulas: boolean
}

/** A line of a CSV file, its cells as the command line and REST write them. */
export function csvLine(cells: readonly string[], { escapeFormulas }: CsvStyle): string {
  return `${cells.map((cell) => quoted(escapeFormulas && isFormula(cell) ? `'${cell}` : cell)).join(',')}\r\n`
}

function quoted(cell: string): string {
  return /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

function isFormula(cell: string): boolean {
  return /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/.test(cell) && Number.isNaN(Number(cell))
}
