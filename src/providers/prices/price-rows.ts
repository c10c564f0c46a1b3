import type { OwnRow, PriceRow, PriceZone } from './price-row.ts'
import { priceTable } from './price-table.ts'

export interface Place {
  /** Null: not known, or a service of OpenAI's shape, which is priced as OpenAI is. */
  readonly service: PriceRow['service'] | null
  /** `datazone`: one of them, of which nobody says which; null: none is named. */
  readonly zone: PriceZone | 'datazone' | null
  /** When it is asked, in milliseconds; left out: the dearest of all prices with a date. */
  readonly at?: number
  /** Of the service itself, which go before the table. */
  readonly ownRows?: readonly OwnRow[]
}

const rows = new Map<string, PriceRow[]>()
for (const row of priceTable) for (const id of row.ids) rows.set(id, [...(rows.get(id) ?? []), row])

/**
 * The row of the table for a model by its exact name, which may begin with its zone (`eu/gpt-5.4`) or be that of a
 * fine-tuned one (`ft:gpt-4o-mini-2024-07-18:acme::id`, at Azure `gpt-4o-mini-2024-07-18.ft-id`); null when there is
 * none.
 */
export function rowFor(name: string, { service, zone, ownRows = [], ...when }: Place): OwnRow | null {
  const own = ownRows.find(({ ids }) => ids.includes(name))
  if (own !== undefined) return own
  const [, prefix, rest = name] = /^(?:(us|eu|global)\/)?(.*)$/.exec(name) ?? []
  const named = prefix === 'us' || prefix === 'eu' || prefix === 'global' ? prefix : null
  const place = { service, zone: named ?? zone, ...when }
  const id = idOf(rest)
  return dearest(candidates(id, place)) ?? dearest(snapshotsOf(id).flatMap((each) => candidates(each, place)))
}

/** The id of a model, or that of the base which a fine-tuned one was made from. */
function idOf(name: string): string {
  if (name.startsWith('ft:')) return name.split(':').slice(0, 2).join(':')
  const [, base] = /^(.+)\.ft-[^.]+$/.exec(name) ?? []
  return base === undefined ? name : `ft:${base}`
}

/**
 * A fine-tuned model or a zone is often listed by its snapshot only: of these, the names that begin with the id and a
 * date. A plain model without a row of its own is none of its snapshots, which can differ in price.
 */
function snapshotsOf(id: string): readonly string[] {
  const isKnown = rows.has(id) || id.startsWith('ft:')
  return isKnown
    ? [...rows.keys()].filter(
        (each) => each.startsWith(`${id}-`) && /^-\d{4}-\d{2}-\d{2}$/.test(each.slice(id.length)),
      )
    : []
}

/** The rows of the first kind that has any, from the one that is meant to the one that stands for it. */
function candidates(id: string, place: Place): readonly PriceRow[] {
  const all = rows.get(id) ?? []
  for (const [service, zones] of searched(place)) {
    const found = inForce(
      all.filter((row) => row.service === service && zones.includes(row.zone)),
      place.at,
    )
    if (found.length > 0) return found
  }
  return []
}

/** So long a run goes on at the price that it began with: a batch may wait for two days before it ends. */
const goesOnMs = 3 * 86_400_000

/** Of prices with a date, those that apply to what begins at a time. */
function inForce(found: readonly PriceRow[], at: number | undefined): readonly PriceRow[] {
  if (at === undefined || found.every(({ from }) => from === undefined)) return found
  const begins = ({ from }: PriceRow): number => (from === undefined ? -Infinity : Date.parse(from))
  const now = Math.max(...found.map(begins).filter((time) => time <= at))
  return found.filter((row) => begins(row) >= now && begins(row) <= at + goesOnMs)
}

/**
 * Where nothing is said, a deployment is a global one, as those for batches are; Azure lists some models only by what a
 * region costs, which is no less, and newer ones later than OpenAI, which costs the same. A model of OpenAI that has no
 * price of its own in a zone costs what it costs everywhere; one of Azure costs more than that.
 */
function searched({
  service,
  zone,
}: Place): readonly (readonly [PriceRow['service'], readonly PriceZone[]])[] {
  if (service !== null && service !== 'openai' && service !== 'azure') {
    const named = zone === null || zone === 'datazone' ? 'global' : zone
    return named === 'global'
      ? [[service, ['global']]]
      : [
          [service, [named]],
          [service, ['global']],
        ]
  }
  if (service === 'azure') {
    if (zone === 'datazone') return [['azure', ['us', 'eu']]]
    if (zone === 'us' || zone === 'eu') return [['azure', [zone]]]
    if (zone === 'regional')
      return [
        ['azure', ['regional']],
        ['azure', ['global']],
      ]
    return [
      ['azure', ['global']],
      ['azure', ['regional']],
      ['openai', ['global']],
    ]
  }
  const everywhere = [
    ['openai', ['global']],
    ['azure', ['global']],
    ['azure', ['regional']],
  ] as const
  if (zone === 'us' || zone === 'eu')
    return [['openai', [zone]], ['azure', [zone]], ...everywhere.slice(0, 1)]
  return zone === 'datazone' ? [['azure', ['us', 'eu']]] : everywhere
}

/** Where it is not known which one applies, the one that cannot be too low. */
function dearest(found: readonly PriceRow[]): PriceRow | null {
  const cost = ({ realtime: [{ input, output }] }: PriceRow): number => input + output
  return found.toSorted((one, other) => cost(other) - cost(one))[0] ?? null
}

/** Every model of the table, by all its names. */
export function listedNames(): readonly string[] {
  return [...rows.keys()]
}
