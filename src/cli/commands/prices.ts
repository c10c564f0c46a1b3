import { readFile } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { parsePrices } from '../../config/settings.ts'
import { messageOf, OffpeakError } from '../../domain/errors.ts'
import type { Project } from '../../compose/project.ts'
import { type ListedPrice, listPrices, pricesOf } from '../../providers/prices/price-list.ts'
import { definitionOf } from '../../providers/definition.ts'
import type { OwnRow } from '../../providers/prices/price-row.ts'
import { priceAge } from '../../providers/prices/price-age.ts'
import type { PriceOverride } from '../../providers/prices/prices.ts'
import { priceAdvice } from '../../planning/money/price-advice.ts'
import { command, type CommandContext } from '../command.ts'
import { textFlag, yesFlag } from '../../wording/commands/flags.ts'
import { plural } from '../../wording/count.ts'
import { checkPrices } from './prices-check.ts'
import { pricesView } from '../screen/views/prices-view.ts'

type Overrides = Readonly<Record<string, PriceOverride>>

const prices = command({
  name: 'prices',
  summary: 'what models cost, and whether all jobs have a price',
  group: 'Provider',
  arguments: [{ syntax: '[model]', summary: 'a model, a deployment, or a part of a name' }],
  options: {
    check: yesFlag('--check', 'whether the model of every job has a price (exit 2: one has none)'),
    all: yesFlag('--all', 'models without a batch, Azure, and the zones that have prices of their own, too'),
    set: textFlag('--set <file>', 'check a JSON file of own prices, and say how the config names it'),
  },
  examples: [
    'offpeak prices',
    'offpeak prices gpt-4o-mini',
    'offpeak prices --all',
    'offpeak prices --check',
    'offpeak prices --set prices.json --check',
  ],
  notes: [
    'Dollars per million tokens, and how old the table is (`age` with --json). `prices` in the config replaces its rows, by the exact name of the model or deployment. A model without a price is not estimated, and not sent where there is a budget.',
    'A file for --set: { "my-model": { "batch": { "input": 0.15, "cachedInput": 0.075, "output": 0.6 }, "realtime": { "input": 0.3, "output": 1.2 } } }',
  ],
  async run(context, [model], { all, check, set }) {
    const offpeak = await context.open()
    const own = set === null ? {} : await readPrices(context, set)
    const overrides: Overrides = { ...offpeak.config.settings.prices, ...own }
    const ownRows = await rowsOfJobs(offpeak)
    const list = listPrices(overrides, ownRows)
    // A user's own, and what costs the same wherever it is computed; Azure and the zones are further prices of the same.
    const isOwn = new Set(ownRows.map(({ service }) => service))
    const isEverywhere = ({ override, service, zone }: ListedPrice): boolean =>
      override || (zone === 'global' && (service === 'openai' || (service !== null && isOwn.has(service))))
    const shown =
      set !== null && model === undefined
        ? list.filter((each) => each.model in own)
        : chosen(list, model, all ? () => true : isEverywhere)
    if (check) return checkPrices(context, offpeak, overrides)
    const age = priceAge(offpeak.flow.clock.now())
    if (context.globals.json)
      context.printJson({
        schema: 'offpeak.prices/2',
        unit: 'micro-dollars per million tokens, or pages where a price says so',
        age,
        prices: shown,
      })
    else {
      const few =
        all || model !== undefined
          ? shown
          : shown.filter((price) => isEverywhere(price) && (price.override || price.batch !== null))
      context.show(pricesView(few, age, { paint: context.paint, columns: context.io.stdout.columns() }))
      if (few.length < shown.length)
        context.say(`  ${plural(shown.length - few.length, 'more price')}: offpeak prices --all`)
    }
    if (set !== null) sayHow(context, offpeak, set, Object.keys(own).length)
    return 0
  },
})
export { prices as command }

/** The prices that the services of the jobs bring along. */
async function rowsOfJobs({ config }: Project): Promise<readonly OwnRow[]> {
  const models = [...(await config.jobs.all()).values()].map(({ job }) => job.model)
  return [...new Set(models.flatMap((model) => definitionOf(model).priceRows ?? []))]
}

/** Throws E_PRICE_UNKNOWN when a model is named that has no price. */
function chosen(
  list: readonly ListedPrice[],
  model: string | undefined,
  isEverywhere: (price: ListedPrice) => boolean,
): readonly ListedPrice[] {
  if (model === undefined) return list
  const found = pricesOf(list, model)
  const everywhere = found.filter(isEverywhere)
  if (found.length > 0) return everywhere.length === 0 ? found : everywhere
  throw new OffpeakError('E_PRICE_UNKNOWN', `there is no price of ${model}`, {
    fix: priceAdvice(model, ['batch']),
  })
}

/** Throws E_USAGE when the file cannot be read and E_CONFIG when it holds something else. */
async function readPrices({ io, globals }: CommandContext, file: string): Promise<Overrides> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(resolve(io.cwd, globals.cwd, file), 'utf8'))
  } catch (thrown) {
    throw new OffpeakError('E_USAGE', `the prices cannot be read: ${messageOf(thrown)}`, { where: file })
  }
  const parsed = parsePrices(value, file)
  listPrices(parsed)
  return parsed
}

function sayHow(
  { io, globals, say }: CommandContext,
  { config }: Project,
  file: string,
  count: number,
): void {
  const path = relative(config.dir, resolve(io.cwd, globals.cwd, file)).replaceAll('\\', '/')
  say(
    [
      `  ${file} holds ${plural(count, 'usable price')}. In ${config.file === null ? 'offpeak.config.ts' : relative(config.dir, config.file)}:`,
      '',
      `      import prices from '${path.startsWith('.') ? path : `./${path}`}' with { type: 'json' }`,
      '      export default defineConfig({ prices, … })',
      '',
      '  Nothing was written.',
    ].join('\n'),
  )
}
