import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { takeLock } from '../connectors/database/lock-file.ts'
import { messageOf, OffpeakError } from '../domain/errors.ts'
import type { Emulator, EmulatorOptions } from '../emulator/index.ts'
import { makePrivateFolder, privateFile } from '../engine/files/private-files.ts'

/** A key for the emulator, which takes any; this one says what it is. */
export const emulatorKey = 'emulator-needs-no-key'

/** The emulator that serves a project on this machine, started here or by another process of the project. */
export interface EmbeddedEmulator extends AsyncDisposable {
  readonly url: string
  readonly openaiBaseUrl: string
  readonly azureEndpoint: string
  /** Names what its batches share: the data of this project on this machine, whatever port it has today. */
  readonly account: string
  /** False: another process runs it. */
  readonly own: boolean
}

export interface EmulatorChoice {
  readonly speed?: number | undefined
  readonly port?: number | undefined
  readonly failRate?: number | undefined
  /** Real milliseconds added to every answer. */
  readonly latencyMs?: number | undefined
  readonly seed?: number | undefined
}

/** A day of a real provider passes in well under two minutes. */
const defaultSpeed = 1000

/** Long enough for another process to load a large journal. */
const startWithinMs = 30_000
const lookEveryMs = 100

/**
 * The project's emulator, joined or started; its batches and its bill survive in the directory. Of several processes
 * that come at once, one starts it and the others join. `deployments` says which model answers, and at what price,
 * under the name of an Azure deployment. Throws E_PORT.
 */
export async function embedEmulator(
  directory: string,
  choice: EmulatorChoice,
  deployments: Readonly<Record<string, string>> = {},
): Promise<EmbeddedEmulator> {
  const embedded = await joinOrStart(directory, choice)
  await declareDeployments(embedded.url, deployments)
  return embedded
}

async function joinOrStart(directory: string, choice: EmulatorChoice): Promise<EmbeddedEmulator> {
  const note = join(directory, 'running.json')
  makePrivateFolder(directory)
  for (let waitedMs = 0; ; waitedMs += lookEveryMs) {
    const running = await runningUrl(note)
    if (running !== null)
      return { ...addresses(running, directory), own: false, [Symbol.asyncDispose]: async () => undefined }
    const lock = takeLock(join(directory, 'data'), privateFile)
    if (lock.held) return start(directory, choice, note, lock)
    if (waitedMs >= startWithinMs)
      throw new OffpeakError(
        'E_PORT',
        `${lock.pid === null ? 'another process' : `process ${lock.pid}`} has the emulator's data open and does not answer`,
        { where: directory, fix: 'end that process' },
      )
    await sleep(lookEveryMs)
  }
}

async function start(
  directory: string,
  { speed = defaultSpeed, ...rest }: EmulatorChoice,
  note: string,
  lock: Disposable,
): Promise<EmbeddedEmulator> {
  try {
    const emulator = await serveEmulator({ ...rest, speed, dataDir: join(directory, 'data') })
    await writeFile(`${note}.tmp`, JSON.stringify({ pid: process.pid, url: emulator.url }), {
      mode: privateFile,
    })
    await rename(`${note}.tmp`, note)
    return {
      ...addresses(emulator.url, directory),
      own: true,
      async [Symbol.asyncDispose]() {
        await rm(note, { force: true })
        await emulator.close()
        lock[Symbol.dispose]()
      },
    }
  } catch (thrown) {
    lock[Symbol.dispose]()
    throw thrown
  }
}

/** A started emulator. Throws E_PORT when its port cannot be had. */
export async function serveEmulator(options: EmulatorOptions): Promise<Emulator> {
  // A command that only looks at the state need not wait for all of it to load.
  const { startEmulator } = await import('../emulator/index.ts')
  try {
    return await startEmulator(options)
  } catch (thrown) {
    const code = thrown instanceof Error ? Reflect.get(thrown, 'code') : null
    if (thrown instanceof Error && thrown.name === 'OtherDataError')
      throw new OffpeakError('E_USAGE', thrown.message, {
        ...(options.dataDir !== undefined && { where: options.dataDir }),
        fix: 'name another directory with --data-dir',
        cause: thrown,
      })
    if (!['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND'].includes(String(code))) throw thrown
    throw new OffpeakError(
      'E_PORT',
      code === 'EADDRINUSE'
        ? `port ${options.port} is taken by another program`
        : `the emulator cannot listen: ${messageOf(thrown)}`,
      {
        where: `${options.host ?? '127.0.0.1'}:${options.port}`,
        fix: 'name another one with --port (dev: --emulator-port), or 0 for any that is free',
        cause: thrown,
      },
    )
  }
}

function addresses(
  url: string,
  directory: string,
): Pick<EmbeddedEmulator, 'url' | 'openaiBaseUrl' | 'azureEndpoint' | 'account'> {
  return { url, openaiBaseUrl: `${url}/v1`, azureEndpoint: url, account: `localhost${resolve(directory)}` }
}

/** One by one: a model that the emulator does not have leaves the deployment to its own guess. */
async function declareDeployments(url: string, deployments: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, model] of Object.entries(deployments)) {
    const answer = await fetch(`${url}/_emulator/deployments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ [name]: model }),
      // One that has ended meanwhile shows it when it is asked something.
    }).catch(() => null)
    await answer?.body?.cancel()
  }
}

const runningNote = z.object({ pid: z.number(), url: z.string() })

async function runningUrl(note: string): Promise<string | null> {
  try {
    const { pid, url } = runningNote.parse(JSON.parse(await readFile(note, 'utf8')))
    process.kill(pid, 0)
    const answer = await fetch(`${url}/_emulator/bill`, { signal: AbortSignal.timeout(2_000) })
    return answer.ok ? url : null
  } catch {
    // No note, a dead process or another program on that port: it is started anew.
    return null
  }
}
