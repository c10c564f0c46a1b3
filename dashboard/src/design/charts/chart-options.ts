import uPlot from 'uplot'
import type { ChartSeries, ChartX } from './chart-series.ts'
import { alike } from '../tables/align-decimals.ts'
import { colorOf, hatch } from './chart-paint.ts'

export interface ChartOptions {
  readonly x: ChartX
  readonly series: readonly ChartSeries[]
  readonly stack: boolean
  readonly height: number
  readonly format: (value: number) => string
}

/** What uPlot is told. Series come in the order of drawing: the last is on top. */
export function chartOptions(
  { x, series, height, format }: ChartOptions,
  place: HTMLElement,
  onHover: (index: number | null) => void,
): uPlot.Options {
  const ground = getComputedStyle(document.body).backgroundColor
  const axis = {
    stroke: colorOf('faint', place),
    font: `11px ${getComputedStyle(place).fontFamily}`,
    grid: { stroke: colorOf('line', place), width: 1 },
    ticks: { show: false },
  }
  const plain = typeof x.names !== 'undefined'
  return {
    width: Math.max(200, place.clientWidth),
    height,
    padding: [8, 16, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: {
      x: plain ? { time: false, range: () => [-0.6, x.values.length - 0.4] } : { time: true },
      y: { range: rangeOf },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 26,
        gap: 6,
        ...(plain
          ? { splits: () => everyNth(x.values.length, place.clientWidth), values: namesAt(x.names ?? []) }
          : { space: 76, values: timesAt }),
      },
      { ...axis, size: yWidth(format, series), gap: 6, values: (_, splits) => alike(splits.map(format)) },
    ],
    series: [
      {},
      ...series.map((one): uPlot.Series => {
        const color = colorOf(one.ink, place)
        const bars = one.kind === 'bars'
        const fill = one.hatched ? hatch(color, ground, devicePixelRatio) : color
        return {
          label: one.name,
          stroke: color,
          width: bars ? (one.hatched ? 1 : 0) : one.kind === 'area' ? 1 : 1.5,
          points: { show: false },
          spanGaps: true,
          ...(one.dashed ? { dash: [5, 4] } : {}),
          ...(one.kind === 'line' ? {} : { fill: () => fill }),
          ...pathsOf(one.kind),
        }
      }),
    ],
    hooks: { setCursor: [({ cursor: { idx } }) => onHover(idx ?? null)] },
  }
}

function pathsOf(kind: ChartSeries['kind']): Pick<uPlot.Series, 'paths'> {
  const paths =
    kind === 'bars' ? uPlot.paths.bars?.({ size: [0.7, 48], align: 0 }) : uPlot.paths.stepped?.({ align: 1 })
  return paths === undefined ? {} : { paths }
}

/** From nothing to a little over the most. */
function rangeOf(_: uPlot, __: number | null, most: number | null): uPlot.Range.MinMax {
  return [0, most === null || most <= 0 ? 1 : most * 1.08]
}

function yWidth(format: (value: number) => string, series: readonly ChartSeries[]): number {
  const most = Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)))
  return 14 + Math.max(4, format(most).length) * 6.5
}

/** Counted from the end, so that the last has its name. */
function everyNth(count: number, width: number): number[] {
  const step = Math.max(1, Math.ceil(count / Math.max(2, Math.floor(width / 84))))
  return Array.from({ length: Math.ceil(count / step) }, (_, at) => count - 1 - at * step).toReversed()
}

function namesAt(names: readonly string[]): (_: uPlot, splits: number[]) => string[] {
  return (_, splits) => splits.map((at) => names[at] ?? '')
}

const seconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const minutes = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const days = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })

/** Times of day, or days where the splits are so far apart; what would read the same twice is left out. */
function timesAt(_: uPlot, splits: number[]): (string | null)[] {
  const apart = (splits[1] ?? 0) - (splits[0] ?? 0)
  const form = apart < 60 ? seconds : apart < 86_400 ? minutes : days
  const texts = splits.map((at) => form.format(at * 1_000))
  return texts.map((text, at) => (text === texts[at - 1] ? null : text))
}
