import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openProject } from '../../../src/compose/open-project.ts'
import { startEmulator } from '../../../src/emulator/index.ts'
import * as offpeak from '../../../src/index.ts'
import { providerProject, temporaryFolder, write } from '../../../test/cli/project.ts'
import { going } from '../../../test/fleet/processes.ts'
import { type Figure, figureOf, type How } from '../figure.ts'

const target = 118_498
const withinSeconds = 30

/** Long enough to be over before a process that was killed can have done its next useful thing, in milliseconds. */
const lookEveryMs = 20

async function writeNotes(dir: string, records: number): Promise<void> {
  const notes = createWriteStream(join(dir, 'notes.jsonl'))
  for (let id = 0; id < records; id += 1)
    if (!notes.write(`${JSON.stringify({ id, text: `Note ${id} tells of a ship that came in at noon.` })}\n`))
      await once(notes, 'drain')
  notes.end()
  await once(notes, 'close')
}

/**
 * How long a command takes, after the one before was killed with -9 in the middle of the merge, until the state knows of more
 * answers than then. Everything is killed from outside, as by a machine that is short of memory.
 */
export async function recovery({ size }: How): Promise<readonly Figure[]> {
  const records = size === 'full' ? target : 20_000
  using folder = temporaryFolder()
  const dir = folder.path
  await using emulator = await startEmulator({ speed: 2_000 })
  await providerProject(dir, emulator, 'recovery')
  await write(dir, {
    'offpeak.config.ts': `export default ${JSON.stringify({ batch: { maxRequests: Math.ceil(records / 12) }, timings: { pollEveryMs: 200 } })}\n`,
  })
  await writeNotes(dir, records)
  const merged = async (): Promise<number> => {
    await using project = await openProject({ cwd: dir, modules: { offpeak } })
    const [run] = await project.store.runs({ limit: 1 })
    return run === undefined ? 0 : ((await project.status(run.id)).counts.merged ?? 0)
  }
  const args = ['run', 'notes', '--max-cost', '$1000']
  const first = going(dir, args)
  while ((await merged()) < records / 4) {
    if (first.isOver()) throw new Error(`it ended before it could be killed: ${first.stderr()}`)
    await sleep(100)
  }
  first.child.kill('SIGKILL')
  await first.ended
  const before = await merged()
  if (before >= records) throw new Error('it was done before it could be killed')
  const begun = performance.now()
  await using second = going(dir, args)
  let now = before
  while (now <= before) {
    if (second.isOver() && second.child.exitCode !== 0) throw new Error(second.stderr())
    await sleep(lookEveryMs)
    now = await merged()
  }
  const seconds = (performance.now() - begun) / 1_000
  await second.ended
  const left = records - (await merged())
  const twice = emulator.bill().duplicate_requests
  return [
    figureOf({
      row: 19,
      figure: 'from a new command after kill -9 until more answers are written',
      target: `≤ ${withinSeconds} s`,
      measured: `${seconds.toFixed(1)} s of ${records} records, ${before} written before; ${left} missing, ${twice} paid twice at the end`,
      isGood: seconds <= withinSeconds && left === 0 && twice === 0,
      cases: records,
      asked: target,
    }),
  ]
}
