import { priceQuestion } from '../../compose/price-question.ts'
import { modelName } from '../../compose/provider.ts'
import { priceAdvice } from '../../planning/money/price-advice.ts'
import { OffpeakError } from '../../domain/errors.ts'
import type { Project } from '../../compose/project.ts'
import { findPrice, type FoundPrice, type PriceOverride } from '../../providers/prices/prices.ts'
import type { CommandContext } from '../command.ts'
import { printFailure } from '../screen/failure.ts'
import { table } from '../screen/table.ts'

interface JobPrice {
  readonly job: string
  readonly model: string
  readonly provider: string
  readonly pricedAs: string | null
  readonly batch: FoundPrice | null
  readonly realtime: FoundPrice | null
}

/** Whether the model of every job has a price; 2 when a batch of one cannot be priced. */
export async function checkPrices(
  context: CommandContext,
  offpeak: Project,
  overrides: Readonly<Record<string, PriceOverride>>,
): Promise<number> {
  const jobs = [...(await offpeak.config.jobs.all()).values()].map(({ job }): JobPrice => {
    const model = modelName(offpeak.config, job)
    const pricedAs = job.model.pricedAs ?? null
    const at = offpeak.flow.clock.now()
    const ask = { ...priceQuestion(offpeak.config, job, model), overrides, at }
    return {
      job: job.name,
      model,
      provider: job.model.provider,
      pricedAs,
      batch: findPrice({ ...ask, deliveryMode: 'batch' }),
      realtime: findPrice({ ...ask, deliveryMode: 'realtime' }),
    }
  })
  const unknown = jobs.filter(({ batch }) => batch === null)
  if (context.globals.json)
    context.printJson({ schema: 'offpeak.price-check/2', ok: unknown.length === 0, jobs })
  else if (jobs.length === 0) context.say('  No job files were found.')
  else context.show(asTable(context, jobs))
  const [first] = unknown
  if (!first) return 0
  const error = new OffpeakError(
    'E_PRICE_UNKNOWN',
    `nobody has said what a batch of ${first.pricedAs ?? first.model} costs${unknown.length > 1 ? `, and of ${unknown.length - 1} more` : ''}`,
    {
      where: `job ${first.job}`,
      fix: priceAdvice(first.model, 'batch', first.provider),
    },
  )
  return context.globals.json
    ? error.exitCode
    : printFailure(context.io, error, { ...context.globals, money: null })
}

function asTable({ paint, io }: CommandContext, jobs: readonly JobPrice[]): string {
  return table<JobPrice>(
    [
      { title: 'job', value: ({ job }) => job, paint: paint.strong },
      {
        title: 'model',
        value: ({ model, pricedAs }) => (pricedAs === null ? model : `${model}, priced as ${pricedAs}`),
        shrink: true,
      },
      {
        title: 'batch',
        value: ({ batch }) => (batch === null ? 'x unknown' : '+ known'),
        paint: (text, { batch }) => (batch === null ? paint.bad(text) : paint.good(text)),
      },
      {
        title: 'real time',
        value: ({ realtime }) => (realtime === null ? '! unknown' : '+ known'),
        paint: (text, { realtime }) => (realtime === null ? paint.warn(text) : paint.good(text)),
      },
      { title: 'as of', value: ({ batch, realtime }) => (batch ?? realtime)?.asOf ?? '-' },
      { title: 'source', value: ({ batch, realtime }) => (batch ?? realtime)?.source ?? '-', shrink: true },
    ],
    jobs,
    { paint, width: io.stdout.columns() },
  )
}
