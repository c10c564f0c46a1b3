export interface CsvStyle {
  /** Whether a cell that a spreadsheet would run as a formula is made text by an apostrophe before it. */
  readonly escapeFormulas: boolean
}

/**
 * One line of CSV, without its end. The first characters of formulas are OWASP's ("CSV Injection"), with the wide forms
 * that East Asian spreadsheets take for them; a number is none.
 */
export function csvLine(cells: readonly string[], { escapeFormulas }: CsvStyle): string {
  return cells
    .map((cell) => (escapeFormulas && isFormula(cell) ? `'${cell}` : cell))
    .map((cell) => (/[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',')
}

/** A cell as it was before formulas were escaped. */
export function withoutEscape(cell: string): string {
  return cell.startsWith("'") && isFormula(cell.slice(1)) ? cell.slice(1) : cell
}

function isFormula(cell: string): boolean {
  return /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/.test(cell) && Number.isNaN(Number(cell))
}
