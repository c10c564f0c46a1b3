/** How a figure stands: it has its target, has it so far in fewer cases than the target asks for, or misses it. */
export type Standing = 'met' | 'few' | 'missed'

export interface Figure {
  /** Which of the promised figures it is, by its number. */
  readonly row: number
  readonly figure: string
  readonly target: string
  readonly measured: string
  readonly seed: string
  readonly standing: Standing
}

/** How a figure is taken. */
export interface How {
  readonly size: 'quick' | 'full'
  readonly seed: number
}

interface Measured {
  readonly row: number
  readonly figure: string
  readonly target: string
  readonly measured: string
  readonly isGood: boolean
  /** In how many cases it was measured, and in how many the target wants it; left out: the cases are no part of it. */
  readonly cases?: number
  readonly asked?: number
  readonly seed?: number
}

/** A figure beside its target. In fewer cases than were asked for it may miss the target, and cannot reach it. */
export function figureOf({ isGood, cases, asked, seed, ...words }: Measured): Figure {
  const isFew = cases !== undefined && asked !== undefined && cases < asked
  return {
    ...words,
    measured: isFew ? `${words.measured} (${asked} are asked for)` : words.measured,
    seed: seed === undefined ? '–' : String(seed),
    standing: !isGood ? 'missed' : isFew ? 'few' : 'met',
  }
}

/** What must not happen at all, in so many of something. */
export function none(
  row: number,
  figure: string,
  count: number,
  cases: number,
  unit: string,
  more: {
    readonly isGood?: boolean
    readonly seed?: number
    readonly asked?: number
    readonly note?: string
  } = {},
): Figure {
  const { isGood = true, note = '', ...rest } = more
  return figureOf({
    row,
    figure,
    target: '0',
    measured: `${count} in ${cases} ${unit}${note}`,
    isGood: count === 0 && isGood && cases > 0,
    cases,
    ...rest,
  })
}

/** What must go well each time, and often enough. */
export function all(
  row: number,
  figure: string,
  count: number,
  isGood: boolean,
  more: { readonly asked?: number; readonly note?: string; readonly seed?: number } = {},
): Figure {
  const { asked = 1, note = '', seed } = more
  return figureOf({
    row,
    figure,
    target: asked === 1 ? 'all' : `all of ≥ ${asked}`,
    measured: `${isGood ? 'all' : 'not all'} of ${count}${note}`,
    isGood: isGood && count > 0,
    cases: count,
    asked,
    ...(seed === undefined ? {} : { seed }),
  })
}

const columns = ['row', 'figure', 'target', 'measured', 'seed'] as const
const marks: Readonly<Record<Standing, string>> = { met: 'met', few: 'few', missed: 'MISSED' }

/** The figures as a table; what misses its target is marked. */
export function tableOf(figures: readonly Figure[]): string {
  const cells = figures.map((each) => ({ ...each, row: String(each.row) }))
  const head = { row: '#', figure: 'figure', target: 'target', measured: 'measured', seed: 'seed' }
  const widths = columns.map((column) => Math.max(...[head, ...cells].map((row) => row[column].length)))
  const line = (mark: string, row: Readonly<Record<(typeof columns)[number], string>>): string =>
    `${mark.padEnd(6)} ${columns.map((column, index) => row[column].padEnd(widths[index] ?? 0)).join('  ')}`.trimEnd()
  return [line('', head), ...cells.map((row) => line(marks[row.standing], row))].join('\n')
}
