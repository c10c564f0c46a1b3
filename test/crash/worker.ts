import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import * as offpeak from '../../src/index.ts'
import { openOffpeak } from '../../src/offpeak.ts'

/** The cap of every run of the harness: about half of what its batches could cost at most. */
const capMicroUsd = 1_600

/**
 * One process of the crash harness: starts the job's run, or joins the one that is there, and works until that is
 * over. It knows nothing of crashes; where it dies is told by the environment.
 */
async function main(dir: string, mode: 'run' | 'fleet' | 'cancel'): Promise<void> {
  await using project = await openOffpeak({
    cwd: dir,
    configFile: null,
    envFile: null,
    modules: { offpeak, zod: { z } },
  })
  const known = (await project.store.runs({ limit: 1 }))[0]
  const run = known ?? (await project.start('cases', offpeak.everything, capMicroUsd)).run
  if (mode === 'cancel') return void (await project.cancel(run.id))
  const isOver = async (): Promise<boolean> => (await project.find(run.id)).liveKey === null
  while (!(await isOver())) {
    const runIds = mode === 'run' ? [run.id] : null
    await project.drive({ runIds, signal: AbortSignal.timeout(60_000), until: isOver })
    if (!(await isOver())) await sleep(50)
  }
}

const modes = ['run', 'fleet', 'cancel'] as const
await main(process.argv[2] ?? '', modes.find((mode) => mode === process.argv[3]) ?? 'run')
