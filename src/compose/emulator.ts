import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Emulator, startEmulator } from '../emulator/index.ts'

/** Any key does for the emulator; this one says what it is. */
export const emulatorKey = 'emulator-needs-no-key'

/** The emulator that serves a project on this machine, started here or by another process of the project. */
export interface EmbeddedEmulator extends AsyncDisposable {
  readonly url: string
  readonly openaiBaseUrl: string
  readonly azureEndpoint: string
  /** False: another process runs it. */
  readonly own: boolean
}

export interface EmulatorChoice {
  readonly speed?: number | undefined
  readonly port?: number | undefined
  readonly failRate?: number | undefined
}

/** A day of a real provider passes in well under two minutes. */
const defaultSpeed = 1000

/** Joins the project's running emulator, or starts it; its batches and its bill survive in the directory. */
export async function embedEmulator(directory: string, choice: EmulatorChoice): Promise<EmbeddedEmulator> {
  const note = join(directory, 'running.json')
  const running = await runningUrl(note)
  if (running !== null) return { ...addresses(running), own: false, [Symbol.asyncDispose]: async () => undefined }
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const emulator: Emulator = await startEmulator({ dataDir: join(directory, 'data'), speed: choice.speed ?? defaultSpeed, port: choice.port ?? 0, failRate: choice.failRate })
  await writeFile(`${note}.tmp`, JSON.stringify({ pid: process.pid, url: emulator.url }))
  await rename(`${note}.tmp`, note)
  return {
    ...addresses(emulator.url),
    own: true,
    async [Symbol.asyncDispose]() {
      await rm(note, { force: true })
      await emulator.close()
    },
  }
}

function addresses(url: string): Pick<EmbeddedEmulator, 'url' | 'openaiBaseUrl' | 'azureEndpoint'> {
  return { url, openaiBaseUrl: `${url}/v1`, azureEndpoint: url }
}

async function runningUrl(note: string): Promise<string | null> {
  try {
    const { pid, url } = JSON.parse(await readFile(note, 'utf8')) as { readonly pid: number; readonly url: string }
    if (pid === process.pid) return null
    process.kill(pid, 0)
    const answer = await fetch(`${url}/_emulator/bill`, { signal: AbortSignal.timeout(2_000) })
    return answer.ok ? url : null
  } catch {
    // No note, a dead process or another program on that port: it is started anew.
    return null
  }
}
