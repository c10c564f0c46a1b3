import { OffpeakError } from '../../domain/errors.ts'
import type { RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { type RunSpec, specOf } from '../spec.ts'
import { rescueJob } from './rescue-job.ts'
import { parseParams, prepare, type PreparedJob } from './prepare.ts'

/** The job of a run, made ready by the run's own snapshot. Throws E_JOB_UNKNOWN when no file defines it any more. */
export async function prepareRun(flow: Pick<Flow, 'job' | 'accounts'>, spec: RunSpec): Promise<PreparedJob> {
  return prepareWith(flow, spec, flow.accounts)
}

/** The same where only stored answers are read: nothing is called, so that no credentials are needed. */
export async function prepareReading(
  flow: Pick<Flow, 'job' | 'reader'>,
  run: Pick<RunRow, 'id' | 'spec'>,
): Promise<PreparedJob> {
  return prepareWith(flow, specOf(run), async (job) => [await flow.reader(job)])
}

async function prepareWith(
  flow: Pick<Flow, 'job'>,
  spec: RunSpec,
  accountsOf: Flow['accounts'],
): Promise<PreparedJob> {
  const job = await flow.job(spec.job)
  if (!job)
    throw new OffpeakError('E_JOB_UNKNOWN', `no job file defines ${spec.job} any more`, {
      fix: 'bring the job file back, or cancel the run',
    })
  const accounts = await accountsOf(job)
  const [provider] = accounts
  if (provider === undefined) throw new OffpeakError('E_BUG', `nobody answers for ${spec.job}`)
  const params = await parseParams(job, spec.params)
  return prepare({
    job: rescueJob(job, spec.rescue && { ...spec.rescue, model: spec.rescue.insteadOf && spec.model }),
    provider,
    accounts,
    params,
    examples: spec.examples,
    model: spec.model,
    endpoint: spec.endpoint,
    version: spec.version,
    insteadOf: spec.rescue?.insteadOf ?? null,
  })
}
