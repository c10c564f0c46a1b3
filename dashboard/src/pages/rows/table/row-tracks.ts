import type { RowColumn } from './row-columns.tsx'

const gap = 1
const edge = 1.5

/** The column of the keys, which stays in sight. */
export function keyWidth(narrow: boolean): string {
  return `${narrow ? 7 : 9}rem`
}

/** The tracks of a row as a CSS grid, and how wide it is at least. */
export function trackWidths(
  columns: readonly RowColumn[],
  narrow: boolean,
): { readonly template: string; readonly least: string } {
  const widths = columns.map(({ width }) => width)
  const key = narrow ? 7 : 9
  const least = key + edge + widths.reduce((sum, width) => sum + width + gap, 0)
  const grows = columns.some(({ grow }) => grow === true)
  return {
    template: [
      `${key}rem`,
      ...columns.map(({ width, grow }) => (grow === true ? `minmax(${width}rem, 1fr)` : `${width}rem`)),
      ...(grows ? [] : ['1fr']),
    ].join(' '),
    least: `${least}rem`,
  }
}
