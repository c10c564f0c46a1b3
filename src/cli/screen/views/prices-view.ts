import type { Price, PriceStep } from '../../../domain/money.ts'
import type { PriceAge } from '../../../providers/prices/price-age.ts'
import { type ListedPrice, usualService } from '../../../providers/prices/price-list.ts'
import type { FoundPrice } from '../../../providers/prices/prices.ts'
import { formatCount, plural } from '../../../wording/count.ts'
import type { Paint } from '../paint.ts'
import { type Column, labelled, table } from '../table.ts'

interface ViewOptions {
  readonly paint: Paint
  readonly columns: number
}

/**
 * A table of prices in dollars per million tokens, and below it where each is from; one model alone with all that is
 * known.
 */
export function pricesView(
  list: readonly ListedPrice[],
  age: PriceAge,
  { paint, columns }: ViewOptions,
): string {
  const marks = sourceMarks(list)
  const deliveryMode = (
    title: string,
    of: (price: ListedPrice) => FoundPrice | null,
  ): readonly Column<ListedPrice>[] => {
    const amount = (
      price: ListedPrice,
      part: 'inputPerMillion' | 'cachedInputPerMillion' | 'outputPerMillion',
    ): string => {
      const found = of(price)?.price
      if (found?.unit !== 'page') return perMillion(found?.steps[0][part] ?? null)
      return part === 'inputPerMillion' ? perPages(found.steps[0]) : ''
    }
    return [
      { title: `${title} in`, value: (price) => amount(price, 'inputPerMillion'), right: true },
      {
        title: 'cached',
        value: (price) => amount(price, 'cachedInputPerMillion'),
        right: true,
        paint: paint.faint,
      },
      { title: 'out', value: (price) => amount(price, 'outputPerMillion'), right: true },
    ]
  }
  const places = list.some((price) => placeOf(price) !== '')
  const rows = table<ListedPrice>(
    [
      {
        title: 'model',
        value: ({ model }) => model,
        shrink: true,
        paint: (text, { override }) => (override ? paint.warn(text) : paint.strong(text)),
      },
      ...(places ? [{ title: 'where', value: placeOf }] : []),
      ...deliveryMode('batch', ({ batch }) => batch),
      ...deliveryMode('realtime', ({ realtime }) => realtime),
      { title: '', value: (price) => marks.get(sourceOf(price)) ?? '' },
    ],
    list,
    { paint, width: columns },
  )
  const [only, ...others] = list
  return [
    rows,
    '',
    ...(only && others.length === 0 ? [detail(only, paint)] : []),
    ...[...marks].map(([source, mark]) => paint.faint(`  ${mark}  ${source}`)),
    paint.faint(`  US dollars per million tokens; the oldest source is ${plural(age.ageDays, 'day')} old`),
  ].join('\n')
}

/** Nothing for what costs the same everywhere at the service that most of the list is of. */
function placeOf({ service, zone }: ListedPrice): string {
  if (service === null || zone === null) return ''
  const place = zone === 'global' ? '' : ` ${zone}`
  return service === usualService && place === '' ? '' : `${service}${place}`
}

function detail({ alsoKnownAs, batch, flex, realtime }: ListedPrice, paint: Paint): string {
  const found = batch ?? realtime
  const tokens = (count: number | null | undefined): string =>
    count == null ? 'not known' : `${formatCount(count)} tokens`
  return labelled(
    [
      alsoKnownAs.length === 0 ? null : ['Also', alsoKnownAs.join(', ')],
      ['Answer', `at most ${tokens(found?.maxOutputTokens)}`],
      ['Context', tokens(found?.contextTokens)],
      ...[['Batch', batch] as const, ['Flex', flex] as const, ['Realtime', realtime] as const].map(
        ([title, found]) => (found === null ? null : ([title, priceWords(found.price)] as const)),
      ),
    ],
    paint,
  )
}

function priceWords({ steps, unit }: Price): string {
  return unit === 'page' ? perPages(steps[0]) : steps.map(stepWords).join('; ')
}

/** As services that are paid for pages name it. */
function perPages({ inputPerMillion }: PriceStep): string {
  return `${perMillion(inputPerMillion / 1_000)} per 1,000 pages`
}

function stepWords(step: PriceStep): string {
  const { aboveTokens, inputPerMillion, cachedInputPerMillion, cacheWritePerMillion, outputPerMillion } = step
  const { longCacheWritePerMillion = cacheWritePerMillion } = step
  const amounts = [
    `${perMillion(inputPerMillion)} in`,
    `${perMillion(cachedInputPerMillion)} cached`,
    ...(cacheWritePerMillion === inputPerMillion
      ? []
      : [`${perMillion(cacheWritePerMillion)} written to a cache`]),
    ...(longCacheWritePerMillion === cacheWritePerMillion
      ? []
      : [`${perMillion(longCacheWritePerMillion)} to be kept longer`]),
    `${perMillion(outputPerMillion)} out`,
  ].join(', ')
  return aboveTokens === 0 ? amounts : `above ${formatCount(aboveTokens)} tokens of input ${amounts}`
}

/** A short mark for each source and its date: `*` for what the user says, letters for the rest. */
function sourceMarks(list: readonly ListedPrice[]): ReadonlyMap<string, string> {
  const sources = [
    ...new Set(list.toSorted((one, other) => Number(other.override) - Number(one.override)).map(sourceOf)),
  ]
  const own = list.some(({ override }) => override) ? 1 : 0
  return new Map(sources.map((source, at) => [source, at < own ? '*' : String.fromCodePoint(97 + at - own)]))
}

function sourceOf({ batch, realtime, override }: ListedPrice): string {
  const found = batch ?? realtime
  if (override) return 'your own price, in place of the table'
  return found === null ? 'unknown' : `${found.source}, ${found.asOf ?? 'undated'}`
}

/** Micro-dollars as dollars with as many digits as there are. */
function perMillion(microUsd: number | null): string {
  if (microUsd === null) return 'unknown'
  return (microUsd / 1e6).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 6 })
}
