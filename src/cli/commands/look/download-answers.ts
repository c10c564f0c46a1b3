import { copyFile, mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { OffpeakError } from '../../../domain/errors.ts'
import type { BatchStatus, RunStatus } from '../../../engine/queries/status.ts'
import { answerFile } from '../../../engine/files/durable-file.ts'
import { boundOf } from '../../../engine/answers/answer-bound.ts'
import { specOf } from '../../../engine/spec.ts'
import { accountFor } from '../../../engine/step/account.ts'
import type { Project } from '../../../compose/project.ts'
import type { AttemptRow } from '../../../ports/state.ts'
import type { CommandContext } from '../../command.ts'
import { formatBytes } from '../../../wording/bytes.ts'
import { formatCount } from '../../../wording/count.ts'

const kinds = ['output', 'error'] as const

/**
 * The answer files of a batch in a folder: as they lie in ours, else as the provider has them, which is only read.
 * Throws E_RUN_STATE while there are none, E_PROVIDER_AWAY when the provider does not give them.
 */
export async function downloadAnswers(
  context: CommandContext,
  offpeak: Project,
  { run, job }: RunStatus,
  { n }: BatchStatus,
  directory: string,
): Promise<void> {
  const target = resolve(context.io.cwd, context.globals.cwd, directory)
  const attempts = (await offpeak.store.attempts(run)).filter(({ batchN }) => batchN === n)
  await mkdir(target, { recursive: true })
  let copied = 0
  for (const attempt of attempts)
    for (const kind of kinds) {
      const bytes = kind === 'output' ? attempt.outputBytes : attempt.errorBytes
      if (bytes === null || bytes === 0) continue
      const to = join(target, `${attempt.providerBatchId ?? `${run}-${n}`}.${kind}.jsonl`)
      await copyFile(answerFile(offpeak.config.filesDir, attempt, kind), to)
      context.say(`  ${to}  ${formatBytes(bytes)}`)
      copied += 1
    }
  if (copied > 0) return
  const last = attempts.findLast(({ providerBatchId }) => providerBatchId !== null)
  // The embedded emulator works only while a process runs it: what it has is fetched by that process.
  if (last === undefined || offpeak.isSimulated)
    throw new OffpeakError('E_RUN_STATE', `batch ${n} of run ${run} has no answers here yet`, {
      fix: `offpeak resume ${run} fetches them when they are there`,
    })
  await fromProvider(context, offpeak, { run, job, n }, last, target)
}

async function fromProvider(
  context: CommandContext,
  offpeak: Project,
  { run, job, n }: { readonly run: string; readonly job: string; readonly n: number },
  attempt: AttemptRow,
  target: string,
): Promise<void> {
  const found = await accountFor(await offpeak.accounts(job), attempt, await offpeak.find(run))
  const provider = found ?? (await offpeak.provider(job))
  const id = attempt.providerBatchId ?? ''
  const away = (message: string): OffpeakError =>
    new OffpeakError('E_PROVIDER_AWAY', `the provider does not give the answers of batch ${n}: ${message}`, {
      where: id,
      fix: `try again later; offpeak resume ${run} keeps trying`,
      money: 'no',
    })
  const asked = await provider.batch(id)
  if (asked.kind !== 'accepted') throw away(asked.message)
  const { state, counts, outputPart, errorPart } = asked.value
  const spec = specOf(await offpeak.find(run))
  const maxBytes = boundOf(await offpeak.store.batch(run, n), spec.maxOutputTokens)
  let copied = 0
  for (const [kind, fileId] of [
    ['output', outputPart],
    ['error', errorPart],
  ] as const) {
    if (fileId === null) continue
    const to = join(target, `${id}.${kind}.jsonl`)
    const reply = await provider.fetch(fileId, to, undefined, { maxBytes })
    if (reply.kind !== 'accepted') throw away(reply.message)
    context.say(`  ${to}  ${formatBytes(reply.value.bytes)}`)
    copied += 1
  }
  if (copied === 0)
    throw new OffpeakError(
      'E_RUN_STATE',
      `batch ${n} of run ${run} is ${state.replaceAll('_', ' ')} at the provider and has no answers yet${counts === null || counts.total === 0 ? '' : ` (${formatCount(counts.completed)} of ${formatCount(counts.total)} answered)`}`,
      { where: id, fix: 'try again when it is completed', money: 'no' },
    )
  context.say(`  Copied from the provider; \`offpeak resume ${run}\` merges them.`)
}
