import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { type NotesOptions, notesProject } from '../cli/notes-project.ts'
import { serve, type Served } from '../cli/child.ts'
import { temporaryFolder } from '../cli/project.ts'
import { buildDashboard } from '../support/dashboard-build.ts'
import { patientMs } from './watched-browser.ts'

const first = z.object({ url: z.url(), link: z.url() })

/** A server of a project, as a process of its own, that hands out the dashboard. */
export interface ServedDashboard extends AsyncDisposable {
  readonly served: Served
  readonly url: string
  readonly link: string
}

/** A project of notes in a folder of its own, served by a process. */
export interface ServedProject extends ServedDashboard {
  readonly dir: string
  /** Asks the server as the person at this machine. */
  readonly ask: (method: string, path: string, body?: unknown) => Promise<unknown>
  /** From now on no batch is answered before `release`, so that a test decides when a run comes to its end. */
  readonly hold: () => Promise<void>
  readonly release: () => Promise<void>
  /** Starts a run behind the back of every page, and gives its id. */
  readonly start: (wish?: object) => Promise<string>
  /** Waits until a run stands as is wanted. */
  readonly until: (run: string, state: string) => Promise<void>
}

const timesTried = 4

/** Starts `serve` or `dev` in a project. */
export async function serveDashboard(cwd: string, ...argv: readonly string[]): Promise<ServedDashboard> {
  for (let tries = 1; ; tries += 1) {
    await buildDashboard()
    const served = await serve(cwd, [...argv, '--json'])
    const { url, link } = first.parse(served.first)
    // A test of the package builds everything anew; whoever starts just then has no pages.
    const built = (await (await fetch(url)).text()).includes('id="root"')
    if (built) return { served, url, link, [Symbol.asyncDispose]: () => served[Symbol.asyncDispose]() }
    await served[Symbol.asyncDispose]()
    if (tries === timesTried) throw new Error('the server has no pages')
  }
}

/** A project of twelve notes in three batches, unless told otherwise, with an emulator that a test speeds up. */
export async function openNotes(
  { files, ...options }: NotesOptions & { readonly files?: (dir: string) => Promise<void> } = {},
  ...argv: readonly string[]
): Promise<ServedProject> {
  const folder = temporaryFolder()
  await notesProject(folder.path, { speed: 500, config: 'batch: { maxRequests: 4 },', ...options })
  await files?.(folder.path)
  const server = await serveDashboard(
    folder.path,
    ...(argv.length === 0 ? ['serve', '--port', '0', '--print-link'] : argv),
  )
  const ask = await asker(server)
  return {
    ...server,
    dir: folder.path,
    ask,
    hold: async () => void (await ask('POST', '/emulator/faults', { scenario: 'slow-day', times: 'all' })),
    async release() {
      await ask('DELETE', '/emulator/faults')
      await ask('POST', '/emulator/clock', { advance: '9h' })
    },
    async start(wish = {}) {
      const started = await ask('POST', '/jobs/notes/runs', { maxCost: '$5', ...wish })
      return z.object({ status: z.object({ run: z.string() }) }).parse(started).status.run
    },
    async until(run, state) {
      const end = Date.now() + patientMs
      for (;;) {
        const status = z.object({ state: z.string() }).parse(await ask('GET', `/runs/${run}`))
        if (status.state === state) return
        if (Date.now() > end) throw new Error(`the run is ${status.state}, and not ${state}`)
        await sleep(100)
      }
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    },
  }
}

async function asker({ url, link }: ServedDashboard): Promise<ServedProject['ask']> {
  const token = link.split('#token=')[1]
  const json = { 'content-type': 'application/json' }
  const session = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ token }),
  })
  const [cookie = ''] = session.headers.getSetCookie().map((text) => text.split(';')[0] ?? '')
  return async (method, path, body) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { ...json, cookie, 'idempotency-key': crypto.randomUUID() },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path} answers ${answer.status} ${text}`)
    return text === '' ? null : JSON.parse(text)
  }
}
