import { OffpeakError } from '../../domain/errors.ts'
import { typedKey, keyArgument } from '../../wording/typed-key.ts'
import { readPatch } from '../../planning/answers/read-patch.ts'
import type { RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import type { Judgement } from '../answers/judge.ts'
import type { Override } from '../answers/override.ts'
import type { PreparedJob } from '../job/prepare.ts'
import type { JudgedRecord } from '../answers/judged-record.ts'

/** The ruling of an edited output. Throws E_SCHEMA, naming the path, when it does not fit, and E_USAGE. */
export async function editedOutput(job: PreparedJob, patch: unknown): Promise<Override> {
  if (job.task === 'embedding')
    throw new OffpeakError('E_USAGE', 'a vector cannot be edited', { fix: 'accept or reject it' })
  if (patch === undefined)
    throw new OffpeakError('E_USAGE', 'the edited output is missing', { fix: 'give it as `patch`' })
  const output = job.job.output ?? null
  const read = await readPatch({ patch, output, decode: job.strict?.decode ?? null })
  if (read.kind === 'accepted') return { patch: { output: patch } }
  throw new OffpeakError('E_SCHEMA', `the edited output does not fit: ${read.reason}`, {
    where: read.path === '' ? 'output' : `output.${read.path}`,
    fix: `put it as the schema of ${job.job.name} has it`,
  })
}

/** An accepted judgement; throws E_SCHEMA for an answer that is not good whatever a person says. */
export function fitting(run: RunRow, { request }: JudgedRecord, judgement: Judgement): Judgement {
  if (judgement.accepted !== null) return judgement
  throw new OffpeakError(
    'E_SCHEMA',
    `the answer cannot be accepted as it is: ${judgement.reason ?? judgement.outcome}`,
    {
      where: `record ${typedKey(request.key)} of run ${run.id}`,
      fix: `edit it, or ask again: offpeak errors ${run.id} has the command, with its price`,
    },
  )
}

/** The guard for a record of which a later run has an answer that counts: throws E_RUN_STATE. */
export async function requireNewest(
  { store }: Pick<Flow, 'store'>,
  run: RunRow,
  { request }: JudgedRecord,
  at: number,
): Promise<void> {
  const done = await store.doneIn(run.job, request.key)
  if (done === null || done.runId === run.id || done.at <= at) return
  const other = done.runId === '' ? 'a try' : `run ${done.runId}`
  throw new OffpeakError(
    'E_RUN_STATE',
    `${other} has brought a newer answer to record ${typedKey(request.key)}, which is not written over`,
    {
      fix:
        done.runId === ''
          ? 'leave it'
          : `look at that one: offpeak show ${done.runId} ${keyArgument(request.key)}`,
    },
  )
}
