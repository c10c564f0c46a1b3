import { cleanLine } from './clean.ts'
import type { Paint } from './paint.ts'
import { cutToWidth, padToWidth, shortenMiddle, textWidth } from './text-width.ts'
import { wrapWords } from './wrap.ts'

export interface Column<Row> {
  readonly title: string
  readonly value: (row: Row) => string
  /** Numbers stand under each other at their right end. */
  readonly right?: boolean
  /** Gives way when the terminal is too narrow; several share the loss. */
  readonly shrink?: boolean
  /** What is too long loses its middle, and not its end: for keys, which often begin alike. */
  readonly middle?: boolean
  /** Colours a cell after it was fitted. */
  readonly paint?: (text: string, row: Row) => string
}

const gap = '  '
const minShrunk = 8

/** Rows under each other in the width of the terminal. Nothing in a cell can move the cursor. */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { paint, width }: { readonly paint: Paint; readonly width: number },
): string {
  const cells = rows.map((row) => columns.map(({ value }) => cleanLine(value(row))))
  const wanted = columns.map(({ title }, at) =>
    Math.max(textWidth(title), ...cells.map((line) => textWidth(line[at] ?? ''))),
  )
  const widths = shrink(columns, wanted, width - 2)
  const line = (texts: readonly string[], painted: (text: string, at: number) => string): string => {
    const fitted = texts.map((text, at) => {
      const cut = (columns[at]?.middle === true ? shortenMiddle : cutToWidth)(text, widths[at] ?? 0)
      const pad = padToWidth('', (widths[at] ?? 0) - textWidth(cut))
      const last = at === texts.length - 1
      return columns[at]?.right === true ? pad + painted(cut, at) : painted(cut, at) + (last ? '' : pad)
    })
    return `  ${fitted.join(gap)}`.trimEnd()
  }
  const head = line(
    columns.map(({ title }) => title),
    (text) => paint.faint(text),
  )
  return [
    head,
    ...rows.map((row, index) =>
      line(cells[index] ?? [], (text, at) => columns[at]?.paint?.(text, row) ?? text),
    ),
  ].join('\n')
}

function shrink<Row>(
  columns: readonly Column<Row>[],
  wanted: readonly number[],
  width: number,
): readonly number[] {
  const widths = [...wanted]
  const total = (): number => widths.reduce((sum, each) => sum + each, 0) + gap.length * (widths.length - 1)
  while (total() > width) {
    const widest = widths.reduce<number>(
      (best, each, at) =>
        columns[at]?.shrink === true && each > minShrunk && (best < 0 || each > (widths[best] ?? 0))
          ? at
          : best,
      -1,
    )
    if (widest < 0) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

/** Labelled lines: a label, then its text; further lines of a text are indented under it. Long ones are wrapped when a width is given. */
export function labelled(
  pairs: readonly (readonly [label: string, text: string] | null)[],
  paint: Paint,
  width: number = Infinity,
): string {
  const shown = pairs.filter((pair) => pair !== null)
  const labels = Math.max(8, ...shown.map(([label]) => label.length))
  const lines = (text: string): readonly string[] =>
    text.split('\n').flatMap((line) => (width === Infinity ? line : wrapWords(line, width - labels - 4)))
  return shown
    .map(
      ([label, text]) =>
        `  ${paint.faint(label.padEnd(labels))}  ${lines(text).join(`\n${' '.repeat(labels + 4)}`)}`,
    )
    .join('\n')
}
