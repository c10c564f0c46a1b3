import { OffpeakError } from '../../../domain/errors.ts'
import type { Plan } from '../../../engine/plan/plan.ts'
import { everything } from '../../../compose/selection.ts'
import type { Project } from '../../../compose/project.ts'
import { priceAdvice } from '../../../planning/money/price-advice.ts'
import type { Provider } from '../../../ports/provider/provider.ts'
import type { AnyJob } from '../../../ports/job.ts'
import type { Model } from '../../../ports/model.ts'
import type { Refusal } from '../../../ports/provider/reply.ts'
import { type Check, failedCheck, good, warning } from './doctor-check.ts'
import { cleanKey } from '../../screen/clean.ts'
import { formatLarge } from '../../../wording/count.ts'

/** Each job by a plan of one record, which reads the source and rehearses the sink; each provider once per model. */
export async function jobChecks(offpeak: Project): Promise<readonly Check[]> {
  const jobs = [...(await offpeak.config.jobs.all()).values()]
  const broken = (await offpeak.config.jobs.broken()).map(({ error }) => failedCheck('jobs', error))
  if (jobs.length === 0 && broken.length > 0) return broken
  if (jobs.length === 0)
    return [
      warning(
        'jobs',
        'no job files were found',
        'offpeak init writes one, or set `jobs` in offpeak.config.ts',
      ),
    ]
  const checks: Check[] = [...broken]
  const probed = new Set<string>()
  for (const { job } of jobs) {
    try {
      const plan = await offpeak.plan(job.name, { ...everything, limit: 1 })
      checks.push(...planChecks(job, plan))
      const accounts = plan.quota.accounts.map((account) => account.name).join()
      const key = `${plan.provider} ${plan.model} ${accounts}`
      if (!probed.has(key)) checks.push(...(await probeAll(offpeak, job, plan)))
      probed.add(key)
    } catch (thrown) {
      checks.push(jobFailure(job, thrown))
    }
  }
  return checks
}

/** The models that the jobs of a project name, as far as their files can be read. */
export async function modelsOf({ config }: Project): Promise<readonly Model[]> {
  return [...(await config.jobs.all()).values()].map(({ job }) => job.model)
}

function jobFailure(job: AnyJob, thrown: unknown): Check {
  const failed = failedCheck(`job ${job.name}`, thrown)
  // Parameters are given with a plan or run; without them the job cannot be looked at, and nothing is wrong.
  return failed.code === 'E_PARAMS'
    ? warning(failed.name, `not checked: ${failed.message}`, `offpeak plan ${job.name} -p …`)
    : failed
}

function planChecks({ name }: AnyJob, plan: Plan): readonly Check[] {
  const { source, checked, rewrites, price, cost, quota, model, unusableExample } = plan
  const parts = [
    `${source} can be read`,
    ...checked,
    ...(rewrites.length > 0
      ? [
          `schema in ${rewrites.length === 1 ? 'one place' : `${rewrites.length} places`} rewritten for the provider`,
        ]
      : []),
  ]
  const checks = [good(`job ${name}`, parts.join('; '))]
  if (unusableExample !== null)
    checks.push(
      warning(
        `job ${name}`,
        `record ${cleanKey(unusableExample.key)} cannot be used: ${unusableExample.reason}`,
      ),
    )
  const limit =
    quota.limitTokens === null
      ? 'no limit of enqueued tokens is known'
      : `${formatLarge(quota.limitTokens)} enqueued tokens, ${formatLarge(quota.usedTokens)} in use`
  if (price === null)
    checks.push(
      warning(
        'price',
        `the price of ${model} is not known, so no budget can be kept`,
        priceAdvice(model, 'batch', plan.provider),
      ),
    )
  else
    checks.push(
      cost?.atMostMicroUsd === null
        ? warning(
            'price',
            `${model} ${ofWhen(price)}; nothing bounds an answer's length`,
            `add \`maxTokens\` to the job ${name}`,
          )
        : good(
            'price',
            `${model} ${ofWhen(price)}${sourceOf(price)}; ${plan.withoutBatches === null ? limit : 'no queue'}`,
          ),
    )
  return checks
}

function ofWhen({ asOf, source }: NonNullable<Plan['price']>): string {
  return asOf === null ? `as ${source} says` : `as of ${asOf}`
}

function sourceOf({ asOf, source }: NonNullable<Plan['price']>): string {
  return asOf === null ? '' : ` (${source})`
}

const fixes: Partial<Record<Refusal['cause'], { readonly fix: string }>> = {
  auth: { fix: 'check the key in .env' },
  token: { fix: 'see what the token callback in offpeak.config.ts waits for' },
}

/** Asks each account of a job without sending a token. */
async function probeAll(offpeak: Project, job: AnyJob, { provider, model }: Plan): Promise<readonly Check[]> {
  if (offpeak.isSimulated)
    return [
      warning(
        'provider',
        `the emulator answers for ${provider} / ${model}, because it was chosen; its answers are invented`,
        'leave out `emulator` in offpeak.config.ts and --emulator to ask the provider',
      ),
    ]
  const checks: Check[] = []
  for (const client of await offpeak.accounts(job.name)) checks.push(await probe(client, provider, model))
  return checks
}

async function probe(client: Provider, service: string, model: string): Promise<Check> {
  const name = 'provider'
  const provider = client.place === undefined ? service : `${service} @ ${client.place.name}`
  const reply = await client.probe(model)
  if (client.isSimulated() === true)
    return warning(name, `${provider} / ${model} is an emulator: it says so, and its answers are invented`)
  if (reply.kind === 'accepted') return good(name, `${provider} / ${model}: ${reply.value.words}`)
  if (reply.kind === 'unknown')
    return failedCheck(
      name,
      new OffpeakError('E_PROVIDER_AWAY', `${provider} did not answer: ${reply.message}`),
    )
  const code =
    reply.cause === 'auth' || reply.cause === 'token'
      ? 'E_CREDENTIALS'
      : reply.cause === 'away' || reply.cause === 'rate'
        ? 'E_PROVIDER_AWAY'
        : 'E_PROVIDER_REFUSED'
  return failedCheck(
    name,
    new OffpeakError(code, `${provider} / ${model}: ${reply.message}`, fixes[reply.cause] ?? {}),
  )
}
