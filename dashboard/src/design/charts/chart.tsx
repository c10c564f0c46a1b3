import { useEffect, useMemo, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { formatExact } from '../../format/time.ts'
import { type ChartOptions, chartOptions } from './chart-options.ts'
import { colorName } from './chart-paint.ts'
import type { ChartSeries, ChartX } from './chart-series.ts'
import { stacked, thinned } from './chart-stack.ts'
import styles from './chart.module.css'
import { useTheme } from '../theme.ts'

interface ChartProps {
  /** What it shows, in a sentence. */
  readonly label: string
  readonly x: ChartX
  /** With `stack`: the lowest first. Lines never stack. */
  readonly series: readonly ChartSeries[]
  readonly stack?: boolean
  readonly height?: number
  readonly format: (value: number) => string
}

/** A chart with its legend, and the same figures as a table for whoever does not see it. */
export function Chart({ label, x, series, stack = false, height = 180, format }: ChartProps) {
  const [hovered, setHovered] = useState<number | null>(null)
  return (
    <figure className={styles['chart']} aria-label={label}>
      <Plot wish={{ x, series, stack, height, format }} onHover={setHovered} />
      <ul className={styles['legend']}>
        {series.map(({ name, values, ink, kind, hatched, dashed }) => {
          const value = hovered === null ? latestOf(x, values) : values[hovered]
          return (
            <li key={name}>
              <span
                aria-hidden="true"
                className={styles['swatch']}
                data-look={hatched ? 'hatched' : dashed ? 'dashed' : kind === 'line' ? 'line' : 'solid'}
                style={{ '--color': colorName(ink) }}
              />
              {name}
              {value === null || value === undefined ? null : <b>{format(value)}</b>}
            </li>
          )
        })}
        {hovered === null && x.names === undefined ? null : (
          <li>{hovered === null ? 'in total' : nameAt(x, hovered)}</li>
        )}
      </ul>
      <Figures label={label} x={x} series={series} format={format} />
    </figure>
  )
}

function Plot({
  wish,
  onHover,
}: {
  readonly wish: ChartOptions
  readonly onHover: (index: number | null) => void
}) {
  const place = useRef<HTMLDivElement>(null)
  const { dark } = useTheme()
  const { x, series, stack, height, format } = wish
  // A chart is drawn anew when what it shows differs, and not when its parent is.
  const shown = JSON.stringify([x, series, stack, height])
  const latest = useRef({ wish, onHover, format })
  useEffect(() => {
    latest.current = { wish, onHover, format }
  })
  useEffect(() => {
    const element = place.current
    if (element === null) return
    const drawn = inDrawingOrder(latest.current.wish)
    const plot = new uPlot(
      chartOptions(drawn.wish, element, (index) => latest.current.onHover(index)),
      drawn.data,
      element,
    )
    const watch = new ResizeObserver(() => {
      if (element.clientWidth > 0) plot.setSize({ width: element.clientWidth, height: drawn.wish.height })
    })
    watch.observe(element)
    return () => {
      watch.disconnect()
      plot.destroy()
    }
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- they stand for what is drawn, and in which colours
  }, [shown, dark])
  return <div ref={place} className={styles['plot']} aria-hidden="true" style={{ minHeight: height }} />
}

/** What stands on top is drawn first, as high as all of it, and covered by what is below; lines come last. */
function inDrawingOrder(wish: ChartOptions): {
  readonly wish: ChartOptions
  readonly data: uPlot.AlignedData
} {
  const solid = wish.series.filter(({ kind }) => kind !== 'line')
  const sums = wish.stack ? stacked(solid.map(({ values }) => values)) : solid.map(({ values }) => values)
  const series = [
    ...solid.map((one, at) => ({ ...one, values: drawnOf(one, sums[at] ?? []) })).toReversed(),
    ...wish.series.filter(({ kind }) => kind === 'line'),
  ]
  const x = wish.x.names ? wish.x.values : wish.x.values.map((at) => at / 1_000)
  return {
    wish: { ...wish, series },
    data: [[...x], ...series.map(({ values }) => [...values])],
  }
}

/** What is held has a frame, which would show around a bar that has nothing of it. */
function drawnOf(
  { hatched, values }: ChartSeries,
  sums: readonly (number | null)[],
): readonly (number | null)[] {
  return hatched ? sums.map((sum, at) => ((values[at] ?? 0) > 0 ? sum : null)) : sums
}

/** The last of moments; of things beside each other, all of them. */
function latestOf({ names }: ChartX, values: readonly (number | null)[]): number | null {
  if (names === undefined) return values.findLast((value) => value !== null) ?? null
  return values.reduce((sum: number, value) => sum + (value ?? 0), 0)
}

function nameAt({ values, names }: ChartX, at: number): string {
  return names?.[at] ?? (values[at] === undefined ? '' : formatExact(values[at]))
}

const figureRows = 40

function Figures({ label, x, series, format }: Pick<ChartProps, 'label' | 'x' | 'series' | 'format'>) {
  const rows = useMemo(
    () =>
      thinned(
        x.values.map((_, at) => at),
        figureRows,
      ),
    [x],
  )
  return (
    <details className={styles['figures']}>
      <summary>Figures</summary>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls can be scrolled by keyboard */}
      <section className={styles['scroll']} tabIndex={0} aria-label={`${label}: figures`}>
        <table>
          <thead>
            <tr>
              <th scope="col">{x.names ? 'Name' : 'Time'}</th>
              {series.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((at) => (
              <tr key={at}>
                <th scope="row">{nameAt(x, at)}</th>
                {series.map(({ name, values }) => {
                  const value = values[at] ?? null
                  return <td key={name}>{value === null ? '–' : format(value)}</td>
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  )
}
