import type { PriceRow, UsdSteps } from '../../src/providers/prices/price-row.ts'
import { agree, type OnDemand, rowOnDemand } from './genai.ts'
import { scaled } from './litellm.ts'

export interface Sources {
  readonly litellm: readonly PriceRow[]
  readonly onDemand: readonly OnDemand[]
  /** The day of `onDemand`. */
  readonly asOf: string
  readonly reviewed: readonly PriceRow[]
}

/** Only what the newer source prices that a batch can ask: a family of which some member is known to. */
const newer = /^gpt-[6-9]/

/** One table of all sources: what two of them say differently is as the newer one has it. */
export function tableOf({ litellm, onDemand, asOf, reviewed }: Sources): readonly PriceRow[] {
  const rows = litellm.map((row) => corrected(withHigherSteps(row, litellm), onDemand, asOf))
  const known = new Set(rows.filter(({ service }) => service === 'openai').flatMap(({ ids }) => ids))
  const added = onDemand.flatMap((found) => {
    const ids = found.ids.filter((id) => !known.has(id))
    return ids.length > 0 && newer.test(ids[0] ?? '') ? [rowOnDemand({ ...found, ids }, null, asOf)] : []
  })
  return grouped(once([...rows, ...added, ...reviewed]))
}

function corrected(row: PriceRow, onDemand: readonly OnDemand[], asOf: string): PriceRow {
  if (row.service !== 'openai' || asOf < row.asOf) return row
  const [id = ''] = row.ids
  const found = onDemand.find(({ ids }) => ids.includes(id))
  if (found === undefined || row.zone === 'regional') return row
  const global = row.zone === 'global' ? row : null
  const times = global === null ? 1.1 : 1
  const [first] = scaled(found.steps, times, times)
  if (agree(row.realtime[0], first)) return row
  const corrected = rowOnDemand({ ...found, ids: row.ids }, row, asOf)
  const up = (steps: UsdSteps | null): UsdSteps | null => steps && scaled(steps, times, times)
  return {
    ...corrected,
    zone: row.zone,
    realtime: scaled(corrected.realtime, times, times),
    batch: up(corrected.batch),
    flex: up(corrected.flex),
  }
}

/** Some zones are listed without the steps that their model has: they are as many times as high there. */
function withHigherSteps(row: PriceRow, all: readonly PriceRow[]): PriceRow {
  if (row.realtime.length > 1) return row
  const [id = ''] = row.ids
  const model = all.find((each) => each.ids.includes(id) && each.realtime.length > 1)
  if (model === undefined) return row
  const like = (own: UsdSteps | null, its: UsdSteps | null): UsdSteps | null => {
    if (own === null || its === null) return own
    const times = (from: number, to: number): number => (from === 0 ? 1 : to / from)
    const [, ...higher] = scaled(its, times(its[0].input, own[0].input), times(its[0].output, own[0].output))
    return [own[0], ...higher]
  }
  return {
    ...row,
    realtime: like(row.realtime, model.realtime) ?? row.realtime,
    batch: like(row.batch, model.batch),
    flex: like(row.flex, model.flex),
  }
}

/** What a source lists twice is taken at the higher price. */
function once(rows: readonly PriceRow[]): readonly PriceRow[] {
  const cost = ({ realtime: [{ input, output }] }: PriceRow): number => input + output
  const dearest = new Map<string, PriceRow>()
  for (const row of rows) {
    const name = [row.service, row.zone, ...row.ids].join(' ')
    const other = dearest.get(name)
    if (other === undefined || cost(row) > cost(other)) dearest.set(name, row)
  }
  return [...dearest.values()]
}

/** One row for all names that cost the same, in every delivery mode and from the same source. */
function grouped(rows: readonly PriceRow[]): readonly PriceRow[] {
  const groups = new Map<string, PriceRow>()
  for (const { ids, ...rest } of rows) {
    const base = (ids[0] ?? '').replace(/-\d{4}-\d{2}-\d{2}$|-\d{4}$|-\d{4}-preview$/, '')
    const key = JSON.stringify([base, rest])
    const group = groups.get(key)
    const { service, zone, ...prices } = rest
    groups.set(key, { service, zone, ids: [...(group?.ids ?? []), ...ids], ...prices })
  }
  return [...groups.values()].toSorted(byName)
}

function byName(one: PriceRow, other: PriceRow): number {
  const key = ({ service, ids, zone }: PriceRow): string =>
    [service === 'openai' ? 0 : 1, ids[0], ['global', 'regional', 'us', 'eu'].indexOf(zone)].join(' ')
  return key(one) < key(other) ? -1 : 1
}
