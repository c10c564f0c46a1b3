import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf, OffpeakError } from '../../../domain/errors.ts'
import { batchIdsOf, fetchBatches, type ForeignBatches } from '../../../engine/imports/foreign-batches.ts'
import { bringAnswers, broughtFlags, requireKey } from './bring-answers.ts'
import { cleanLine } from '../../screen/clean.ts'
import { command, type CommandContext } from '../../command.ts'
import { durationFlag } from '../../../wording/commands/flags.ts'
import { plural } from '../../../wording/count.ts'

import { exits } from '../../exit-codes.ts'

const take = command({
  name: 'import',
  summary: "take over another system's batches by their ids and merge their answers",
  group: 'Step by step',
  arguments: [
    { syntax: '<job>', summary: 'the job that the answers are for' },
    {
      syntax: '<file>',
      summary: 'a JSON file that names the batches, as {"jobs": [{"batch_id": "batch_…"}]}',
    },
  ],
  options: {
    ...broughtFlags,
    wait: durationFlag('--wait <duration>', 'wait so long for batches that still run'),
  },
  examples: ["offpeak import transcripts batch_jobs.json --key '{stem}'"],
  notes: [
    'The batches are fetched with the key of the job’s provider, which must be that of their account. Their answers go through the job as if its own batches had brought them. Nothing is sent, and nothing at the provider is changed.',
    'Exit codes: 0 done, 6 some records need attention, 7 some batches still run: import again later.',
  ],
  async run(context, [job = '', file = ''], { wait, ...brought }) {
    requireKey(brought, 'import')
    const offpeak = await context.open()
    const ids = batchIdsOf(await read(resolve(context.io.cwd, context.globals.cwd, file)), file)
    const accounts = await offpeak.accounts(job)
    const pollEveryMs = Math.max(...accounts.map(({ limits }) => limits.pollEveryMs))
    await mkdir(offpeak.config.filesDir, { recursive: true, mode: 0o700 })
    const directory = await mkdtemp(join(offpeak.config.filesDir, 'import-'))
    try {
      const until = Date.now() + (wait ?? 0)
      let found = await fetchBatches(accounts, ids, directory)
      while (found.running.length > 0 && Date.now() < until) {
        context.say(`  ${plural(found.running.length, 'batch', 'batches')} still running ...`)
        await sleep(Math.min(pollEveryMs, Math.max(0, until - Date.now())))
        found = await fetchBatches(accounts, ids, directory)
      }
      tell(context, found)
      const left = found.running.length > 0 ? exits.left : 0
      if (found.files.length === 0) return left
      return Math.max(left, await bringAnswers(context, offpeak, job, found.files, brought))
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  },
})
export { take as command }

function tell({ say }: CommandContext, { fetched, running, empty }: ForeignBatches): void {
  say(`  ${plural(fetched.length, 'batch', 'batches')} fetched.`)
  for (const { id, state } of running) say(`  ${cleanLine(id)} is ${state}; import it later.`)
  for (const { id, reason } of empty) say(`  ${cleanLine(id)} has nothing: ${cleanLine(reason)}`)
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new OffpeakError('E_USAGE', `the file cannot be read: ${messageOf(cause)}`, { where: path, cause })
  }
}
