import { capture } from './processes.ts'
import { median } from './results.ts'

export interface CommandTime {
  readonly command: string
  /** Rows of the run in the state. */
  readonly rows: number
  readonly wallMs: number
}

const rounds = 7

/** How long the CLI takes to say something, median of several starts. */
export async function measureCommands(options: {
  readonly bin: string
  readonly project: string
  readonly runId: string
  readonly env: Readonly<Record<string, string>>
  readonly rows: number
}): Promise<readonly CommandTime[]> {
  const { bin, project, runId, env, rows } = options
  const times: CommandTime[] = []
  for (const args of [['--help'], ['status', runId], ['status']]) {
    const walls: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const start = performance.now()
      await capture(process.execPath, [bin, ...args], { cwd: project, env })
      walls.push(performance.now() - start)
    }
    times.push({ command: `offpeak ${args.join(' ')}`, rows, wallMs: median(walls) })
  }
  return times
}
