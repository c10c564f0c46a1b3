export interface Figure {
  readonly figure: string
  readonly target: string
  readonly measured: string
  readonly seed: string
  readonly isMet: boolean
}

/** What must not happen at all, in so many of something. */
export function none(
  figure: string,
  count: number,
  tries: string,
  { isGood = true, seed = '–' }: { readonly isGood?: boolean; readonly seed?: string } = {},
): Figure {
  return { figure, target: '0', measured: `${count} in ${tries}`, seed, isMet: count === 0 && isGood }
}

/** What must go well each time, and often enough. */
export function all(figure: string, count: number, isGood: boolean, atLeast = 1, of = ''): Figure {
  return {
    figure,
    target: atLeast === 1 ? 'all' : `≥ ${atLeast}, all`,
    measured: `${isGood ? 'all' : 'not all'} of ${count}${of}`,
    seed: '–',
    isMet: isGood && count >= atLeast,
  }
}

const columns = ['figure', 'target', 'measured', 'seed'] as const

/** The figures as a table; what misses its target is marked. */
export function tableOf(figures: readonly Figure[]): string {
  const head = { figure: 'figure', target: 'target', measured: 'measured', seed: 'seed' } as const
  const widths = columns.map((column) => Math.max(...[head, ...figures].map((row) => row[column].length)))
  const line = (mark: string, row: Pick<Figure, (typeof columns)[number]>): string =>
    `${mark.padEnd(6)} ${columns.map((column, index) => row[column].padEnd(widths[index] ?? 0)).join('  ')}`.trimEnd()
  return [line('', head), ...figures.map((row) => line(row.isMet ? 'met' : 'MISSED', row))].join('\n')
}
