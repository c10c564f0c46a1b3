import { readFile } from 'node:fs/promises'
import { openProject } from '../../src/compose/open-project.ts'
import { everything } from '../../src/compose/selection.ts'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import * as offpeak from '../../src/index.ts'

const startFile = z.object({
  choice: z.object({
    deliveryMode: z.enum(['batch', 'flex', 'realtime']).exactOptional(),
    deadlineMs: z.number().exactOptional(),
  }),
  capMicroUsd: z.number(),
})

/** A run that waits for a person so long, waits for one who is not there. */
const patienceMs = 60_000

const reviewFile = z.object({
  key: z.string(),
  verdict: z.enum(['accept', 'edit', 'reject']),
  patch: z.unknown().optional(),
})

const modes = ['run', 'fleet', 'cancel', 'review'] as const

/**
 * One process of the crash harness: starts the job's run, or joins the one that is there, and works until that is
 * over, or gives a verdict on it. It knows nothing of crashes; where it dies is told by the environment.
 */
async function main(dir: string, mode: (typeof modes)[number]): Promise<void> {
  await using project = await openProject({
    cwd: dir,
    configFile: null,
    envFile: null,
    modules: { offpeak, zod: { z } },
  })
  const known = (await project.store.runs({ limit: 1 }))[0]
  const { choice, capMicroUsd } = startFile.parse(JSON.parse(await readFile(join(dir, 'start.json'), 'utf8')))
  const selection = { ...everything, ...choice }
  const run = known ?? (await project.start('cases', selection, capMicroUsd)).run
  if (mode === 'cancel') return void (await project.cancel(run.id))
  if (mode === 'review') {
    const said = reviewFile.parse(JSON.parse(await readFile(join(dir, 'review.json'), 'utf8')))
    return void (await project.review({ run: run.id, by: 'ada', reason: null, ...said }))
  }
  const isOver = async (): Promise<boolean> => (await project.find(run.id)).liveKey === null
  let pausedSince: number | null = null
  while (!(await isOver())) {
    const runIds = mode === 'run' ? [run.id] : null
    await project.drive({ runIds, signal: AbortSignal.timeout(60_000), until: isOver })
    const { state, pauseReason } = await project.find(run.id)
    pausedSince = state === 'paused' ? (pausedSince ?? Date.now()) : null
    // Nobody is there who could decide: the cell says what for, and does not stand in the way of the others.
    if (pausedSince !== null && Date.now() - pausedSince >= patienceMs)
      throw new Error(`the run waits for a person: ${pauseReason}`)
    if (!(await isOver())) await sleep(50)
  }
}

await main(process.argv[2] ?? '', modes.find((mode) => mode === process.argv[3]) ?? 'run')
