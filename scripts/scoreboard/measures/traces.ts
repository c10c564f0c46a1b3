import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { knownScenarios, startEmulator } from '../../../src/emulator/index.ts'
import { call, providerProject, temporaryFolder, write } from '../../../test/cli/project.ts'
import { type Figure, type How, none } from '../figure.ts'
import { seededRandom } from '../../../src/emulator/core/random.ts'
import { below, shuffled } from '../shuffled.ts'

/** Faults in whose words a service, or a proxy before it, is most likely to repeat what it was sent. */
const first = ['wrong-key', 'html', 'gzip', 'lost-create', 'short-download', 'rate-limited', 'missing-lines']

interface Traces {
  readonly leaks: readonly string[]
  readonly bytes: number
  readonly local: readonly string[]
  readonly remote: number
  readonly hasEnded: boolean
}

/** A secret in the forms in which it could be found again. */
function formsOf(secret: string): readonly Buffer[] {
  const bytes = Buffer.from(secret)
  return [secret, bytes.toString('base64').slice(0, -4), bytes.toString('hex')].map((text) =>
    Buffer.from(text),
  )
}

/** One run at a service with one fault, every command that tells of it, and what is left of both afterwards. */
async function tracesOf(scenario: string, secret: string): Promise<Traces> {
  using folder = temporaryFolder()
  const dir = folder.path
  await using emulator = await startEmulator({ speed: 2_000 })
  emulator.play(`${scenario}@all`)
  await providerProject(dir, emulator, secret)
  await write(dir, {
    'offpeak.config.ts': `export default ${JSON.stringify({
      retention: { files: '0d' },
      timings: { pollEveryMs: 30, quotaBackoffMs: 50, settleMs: [50], listingLagMs: 50, lostAfterMs: 300 },
    })}\n`,
  })
  const said: string[] = []
  const ask = async (...args: readonly string[]): Promise<string> => {
    const { stdout, stderr } = await call(dir, ...args)
    said.push(stdout, stderr)
    return stdout
  }
  await ask('doctor')
  await ask('run', 'notes', '--max-cost', '$1', '--wait', '20s', '--log-format', 'json')
  for (const args of [
    ['status', 'notes', '--json'],
    ['report', 'notes'],
    ['show', 'notes', '3', '--json'],
    ['results', 'notes', '--status', 'all'],
    ['batches'],
    ['show', 'nothing', '3'],
  ])
    await ask(...args)
  const kept = filesBelow(dir).filter((path) => !path.endsWith('.env'))
  const forms = formsOf(secret)
  const found = [
    ...kept.map((path) => ({ where: path.slice(dir.length), bytes: readFileSync(path) })),
    { where: 'what was printed', bytes: Buffer.from(said.join('\n')) },
  ]
  const leaks = found
    .filter(({ bytes }) => forms.some((form) => bytes.includes(form)))
    .map(({ where }) => `${scenario}: ${where}`)
  await ask('cancel', 'notes', '--yes')
  await ask('worker', '--once')
  await ask('clean', '--remote-files', '--older-than', '1ms', '--yes')
  const state = await ask('status', 'notes', '--json')
  const hasEnded = /"state":"(?:done|cancelled)"/.test(state)
  const local = filesBelow(join(dir, '.offpeak')).filter(
    (path) => path.includes('/files/') && !/\/_intents\/|project\.json$/.test(path),
  )
  return {
    leaks,
    bytes: found.reduce((sum, { bytes }) => sum + bytes.length, 0),
    local: local.map((path) => `${scenario}: ${path.slice(dir.length)}`),
    remote: emulator.state().files.length,
    hasEnded,
  }
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
}

/** What runs at faulty services leave behind that they must not: keys anywhere, and files once their time is over. */
export async function traces({ size, seed }: How): Promise<readonly Figure[]> {
  const random = seededRandom(seed)
  const names = knownScenarios.map(({ name }) => name)
  const others = shuffled(
    random,
    names.filter((name) => !first.includes(name)),
  )
  const chosen = [...first.filter((name) => names.includes(name)), ...others].slice(
    0,
    size === 'full' ? undefined : 16,
  )
  const sum = { leaks: 0, local: 0, remote: 0, ended: 0, bytes: 0 }
  for (const scenario of chosen) {
    const secret = `sk-canary-${Array.from({ length: 24 }, () => 'abcdefghjkmnpqrstvwxyz'[below(random, 22)]).join('')}`
    const found = await tracesOf(scenario, secret)
    for (const words of found.leaks) process.stderr.write(`a key in ${words}\n`)
    sum.leaks += found.leaks.length
    sum.bytes += found.bytes
    if (!found.hasEnded) continue
    for (const words of found.local) process.stderr.write(`left: ${words}\n`)
    if (found.remote > 0) process.stderr.write(`left at the service: ${scenario}, ${found.remote}\n`)
    sum.ended += 1
    sum.local += found.local.length
    sum.remote += found.remote
  }
  const more = { seed, asked: names.length }
  return [
    none(
      25,
      'places where a key was found: state, files, logs, all that commands print',
      sum.leaks,
      chosen.length,
      'runs at faulty services',
      {
        ...more,
        note: `, ${(sum.bytes / 1e6).toFixed(1)} MB searched`,
      },
    ),
    none(
      27,
      'files left on the disk when their time is over',
      sum.local,
      sum.ended,
      'ended runs at faulty services',
      more,
    ),
    none(27, 'files left at the service', sum.remote, sum.ended, 'ended runs at faulty services', more),
  ]
}
